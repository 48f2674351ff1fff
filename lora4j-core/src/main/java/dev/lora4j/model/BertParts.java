package dev.lora4j.model;

/** What a family of BERT's kind calls the parts of its layers. */
record BertParts(String layers, Attention attention, String up, String down, String outputNorm) {
    static final BertParts BERT = new BertParts(
            "encoder.layer.",
            new Attention(
                    "attention.self.query",
                    "attention.self.key",
                    "attention.self.value",
                    "attention.output.dense",
                    "attention.output.LayerNorm"),
            "intermediate.dense",
            "output.dense",
            "output.LayerNorm");

    static final BertParts DISTILBERT = new BertParts(
            "transformer.layer.",
            new Attention(
                    "attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm"),
            "ffn.lin1",
            "ffn.lin2",
            "output_layer_norm");

    static final BertParts DEBERTA = new BertParts(
            BERT.layers(),
            new Attention(
                    "attention.self.query_proj",
                    "attention.self.key_proj",
                    "attention.self.value_proj",
                    "attention.output.dense",
                    "attention.output.LayerNorm"),
            BERT.up(),
            BERT.down(),
            BERT.outputNorm());

    /** The linear layers of self-attention and the norm after it. */
    record Attention(String query, String key, String value, String output, String norm) {}
}
