package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * What a decoder of the Llama family looks like.
 *
 * @param family {@code model_type}
 * @param layers what each layer attends to, in order
 * @param norm how activations are normalised
 * @param bias which linear layers have one
 * @param logitSoftcap c of {@code c · tanh(logit / c)}, or 0
 */
public record DecoderConfig(
        Family family,
        int hidden,
        int intermediate,
        int vocabulary,
        int maxPositions,
        Heads heads,
        List<Layer> layers,
        Norm norm,
        Bias bias,
        Experts experts,
        Activation activation,
        double embeddingScale,
        boolean tiedEmbeddings,
        double logitSoftcap) {

    /** Copies the list. */
    public DecoderConfig {
        layers = List.copyOf(layers);
    }

    /** The model types done here. */
    public enum Family {
        LLAMA("Llama"),
        MISTRAL("Mistral"),
        MIXTRAL("Mixtral"),
        QWEN2("Qwen2"),
        QWEN3("Qwen3"),
        GEMMA("Gemma"),
        GEMMA2("Gemma2"),
        GEMMA3_TEXT("Gemma3Text");

        private final String architecture;

        Family(String architecture) {
            this.architecture = architecture;
        }

        /** What transformers' names of its models begin with. */
        String architecture() {
            return architecture;
        }

        boolean isGemma() {
            return this == GEMMA || this == GEMMA2 || this == GEMMA3_TEXT;
        }
    }

    /** Heads of queries, of keys and values, their width, and how scores are scaled and capped. */
    public record Heads(int queries, int keyValues, int width, double scale, double softcap) {}

    /** Window of a layer in tokens (0 for none) and which rotary frequencies it uses. */
    public record Layer(int window, boolean local) {}

    /** ε; whether weights are stored as w of (1 + w); norms after the branches too; norms of queries and keys. */
    public record Norm(double epsilon, boolean unitOffset, boolean sandwich, boolean queryKey) {}

    /** Biases of q, k and v; of the attention's output; of the feed-forward layers. */
    public record Bias(boolean queryKeyValue, boolean output, boolean feedForward) {}

    /** How many experts a feed-forward layer has, and how many of them a token goes through; none in dense models. */
    public record Experts(int count, int chosen) {
        static final Experts NONE = new Experts(0, 0);
    }

    /**
     * Reads a configuration.
     *
     * @throws UnsupportedModelException naming the key that cannot be done
     */
    static DecoderConfig of(ConfigReader config, Family family) {
        int hidden = config.size("hidden_size");
        int queries = config.size("num_attention_heads");
        int keyValues = config.size("num_key_value_heads", queries);
        int width = config.size("head_dim", hidden / queries);
        double scale = config.positive("query_pre_attn_scalar", width);
        String activation = config.text(
                "hidden_activation", config.text("hidden_act", family.isGemma() ? "gelu_pytorch_tanh" : "silu"));
        boolean gemma = family.isGemma();
        return new DecoderConfig(
                family,
                hidden,
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings", 2048),
                new Heads(
                        queries,
                        keyValues,
                        width,
                        1 / Math.sqrt(scale),
                        family == Family.GEMMA2 ? config.number("attn_logit_softcapping", 50) : 0),
                layers(config, family),
                new Norm(
                        config.positive("rms_norm_eps", family == Family.MIXTRAL ? 1e-5 : 1e-6),
                        gemma,
                        family == Family.GEMMA2 || family == Family.GEMMA3_TEXT,
                        family == Family.QWEN3 || family == Family.GEMMA3_TEXT),
                bias(config, family),
                family == Family.MIXTRAL ? experts(config) : Experts.NONE,
                // Gemma 1 always computes the tanh form, whatever its configuration says
                Activation.named(family == Family.GEMMA ? "gelu_pytorch_tanh" : activation),
                gemma ? Math.sqrt(hidden) : 1,
                config.flag("tie_word_embeddings", gemma),
                config.number("final_logit_softcapping", family == Family.GEMMA2 ? 30 : 0));
    }

    private static Bias bias(ConfigReader config, Family family) {
        boolean attention = config.flag("attention_bias", family == Family.QWEN2);
        return new Bias(attention, attention && family != Family.QWEN2, config.flag("mlp_bias", false));
    }

    private static Experts experts(ConfigReader config) {
        int count = config.size("num_local_experts", 8);
        int chosen = config.size("num_experts_per_tok", 2);
        if (chosen > count) {
            throw config.wrong("num_experts_per_tok", "at most num_local_experts, which is " + count);
        }
        return new Experts(count, chosen);
    }

    private static List<Layer> layers(ConfigReader config, Family family) {
        int count = config.size("num_hidden_layers");
        List<String> types = config.texts("layer_types");
        if (!types.isEmpty() && types.size() != count) {
            throw config.wrong("layer_types", count + " entries, one per layer");
        }
        int window = config.has("sliding_window") ? config.size("sliding_window") : 0;
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean sliding = types.isEmpty() ? slidesByDefault(config, family, i) : isSliding(config, types.get(i));
            layers.add(new Layer(sliding ? window : 0, sliding && family == Family.GEMMA3_TEXT));
        }
        return layers;
    }

    private static boolean isSliding(ConfigReader config, String type) {
        return switch (type) {
            case "sliding_attention" -> true;
            case "full_attention" -> false;
            default -> throw config.wrong("layer_types", "full_attention or sliding_attention");
        };
    }

    private static boolean slidesByDefault(ConfigReader config, Family family, int layer) {
        return switch (family) {
            case LLAMA, GEMMA -> false;
            case MISTRAL, MIXTRAL -> true;
            case QWEN2, QWEN3 ->
                config.flag("use_sliding_window", false) && layer >= config.size("max_window_layers", 28);
            case GEMMA2 -> layer % 2 == 0;
            case GEMMA3_TEXT ->
                (layer + 1) % config.size("sliding_window_pattern", config.size("_sliding_window_pattern", 6)) != 0;
        };
    }
}
