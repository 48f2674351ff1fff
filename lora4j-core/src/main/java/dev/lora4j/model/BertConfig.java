package dev.lora4j.model;

import dev.lora4j.tensor.Activation;

/**
 * What a BERT encoder looks like.
 *
 * @param types number of token types
 * @param epsilon of the layer norms
 * @param labels outputs of the classification head
 */
public record BertConfig(
        int hidden,
        int intermediate,
        int vocabulary,
        int maxPositions,
        int types,
        int layers,
        int heads,
        Activation activation,
        double epsilon,
        int labels) {

    /**
     * Reads a configuration.
     *
     * @throws UnsupportedModelException naming the key that cannot be done
     */
    static BertConfig of(ConfigReader config) {
        String positions = config.text("position_embedding_type", "absolute");
        if (!positions.equals("absolute")) {
            throw config.wrong("position_embedding_type", "absolute");
        }
        int named = config.json().path("id2label").size();
        return new BertConfig(
                config.size("hidden_size"),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                config.size("type_vocab_size", 2),
                config.size("num_hidden_layers"),
                config.size("num_attention_heads"),
                Activation.named(config.text("hidden_act", "gelu")),
                config.positive("layer_norm_eps", 1e-12),
                config.size("num_labels", named > 0 ? named : 2));
    }
}
