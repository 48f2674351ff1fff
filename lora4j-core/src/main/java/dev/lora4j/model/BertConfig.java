package dev.lora4j.model;

import dev.lora4j.tensor.Activation;

/**
 * What an encoder of BERT's kind looks like.
 *
 * @param types number of token types; 0 for none
 * @param positions how positions are counted
 * @param epsilon of the layer norms
 */
public record BertConfig(
        int hidden,
        int intermediate,
        int vocabulary,
        int types,
        int layers,
        int heads,
        Positions positions,
        Activation activation,
        double epsilon) {

    /**
     * Rows of the table of positions, and which of them are used.
     *
     * @param rows of the table
     * @param padding the id of the padding token, behind whose row RoBERTa begins to count; −1 to count from row 0
     * @param sinusoidal whether the table is computed where the files have none
     */
    public record Positions(int rows, int padding, boolean sinusoidal) {
        /** Most tokens that a sequence may have. */
        public int longest() {
            return rows - padding - 1;
        }
    }

    /**
     * Reads a configuration of BERT.
     *
     * @throws UnsupportedModelException naming the key that cannot be done
     */
    static BertConfig bert(ConfigReader config) {
        return of(config, -1);
    }

    /** Reads a configuration of RoBERTa and its multilingual kin. */
    static BertConfig roberta(ConfigReader config) {
        return of(config, config.index("pad_token_id", 1));
    }

    private static BertConfig of(ConfigReader config, int padding) {
        if (!config.text("position_embedding_type", "absolute").equals("absolute")) {
            throw config.wrong("position_embedding_type", "absolute");
        }
        if (config.flag("is_decoder", false)) {
            throw config.wrong("is_decoder", "false");
        }
        return new BertConfig(
                config.size("hidden_size"),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.size("type_vocab_size", 2),
                config.size("num_hidden_layers"),
                config.size("num_attention_heads"),
                new Positions(config.size("max_position_embeddings"), padding, false),
                Activation.named(config.text("hidden_act", "gelu")),
                config.positive("layer_norm_eps", 1e-12));
    }

    /** Reads a configuration of DistilBERT. */
    static BertConfig distilBert(ConfigReader config) {
        return new BertConfig(
                config.size("dim", 768),
                config.size("hidden_dim", 3072),
                config.size("vocab_size"),
                0,
                config.size("n_layers", 6),
                config.size("n_heads", 12),
                new Positions(
                        config.size("max_position_embeddings", 512), -1, config.flag("sinusoidal_pos_embds", false)),
                Activation.named(config.text("activation", "gelu")),
                1e-12);
    }
}
