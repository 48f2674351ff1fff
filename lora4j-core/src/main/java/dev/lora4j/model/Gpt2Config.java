package dev.lora4j.model;

import dev.lora4j.tensor.Activation;

/**
 * What a GPT-2 looks like (transformers' {@code GPT2Config}).
 *
 * <p>{@code reorder_and_upcast_attn} is not read: it keeps the scores of half-precision models in float32, which they
 * are here anyway. The dropouts of the base are not applied, as in the other families.
 *
 * @param intermediate width between the two feed-forward layers
 * @param epsilon of the layer norms
 */
public record Gpt2Config(
        int hidden,
        int intermediate,
        int vocabulary,
        int maxPositions,
        int layers,
        int heads,
        Scaling scaling,
        Activation activation,
        double epsilon,
        boolean tiedEmbeddings) {

    /** How scores are scaled: by 1/√headDim; by 1/(layer + 1) too. */
    public record Scaling(boolean byWidth, boolean byLayer) {}

    /**
     * Reads a configuration.
     *
     * @throws UnsupportedModelException naming the key that cannot be done
     */
    static Gpt2Config of(ConfigReader config) {
        if (config.flag("add_cross_attention", false)) {
            throw config.wrong("add_cross_attention", "false: there is no encoder to attend to");
        }
        int hidden = config.size("n_embd", 768);
        int heads = config.size("n_head", 12);
        if (hidden % heads != 0) {
            throw config.wrong("n_head", "a divisor of n_embd, which is " + hidden);
        }
        return new Gpt2Config(
                hidden,
                config.size("n_inner", 4 * hidden),
                config.size("vocab_size", 50257),
                config.size("n_positions", 1024),
                config.size("n_layer", 12),
                heads,
                new Scaling(
                        config.flag("scale_attn_weights", true), config.flag("scale_attn_by_inverse_layer_idx", false)),
                Activation.named(config.text("activation_function", "gelu_new")),
                config.positive("layer_norm_epsilon", 1e-5),
                config.flag("tie_word_embeddings", true));
    }

    /** Factor of the scores in a layer, counted from 0. */
    double scale(int layer) {
        double byWidth = scaling.byWidth() ? 1 / Math.sqrt((double) hidden / heads) : 1;
        return scaling.byLayer() ? byWidth / (layer + 1) : byWidth;
    }
}
