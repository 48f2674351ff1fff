package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;

/**
 * The config.json that transformers would have for the model in a GGUF file.
 *
 * <p>Keys follow GGUF_CONFIG_MAPPING in transformers' integrations/ggml.py; what that leaves to the defaults of a
 * config class is written out.
 */
final class GgufConfig {
    private static final double DEFAULT_ROPE_THETA = 10_000;
    private static final String EMBEDDING = "token_embd.weight";

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final GgufArchitecture architecture;

    GgufConfig(GgufFile file, GgufArchitecture architecture) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture;
    }

    ObjectNode build() {
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("model_type", architecture.modelType());
        config.putArray("architectures").add(architecture.className());
        sizes(config);
        config.put("rms_norm_eps", positiveReal("attention.layer_norm_rms_epsilon"));
        config.put("rope_theta", has("rope.freq_base") ? positiveReal("rope.freq_base") : DEFAULT_ROPE_THETA);
        new GgufRopeScaling(file, architecture).of(config).ifPresent(scaling -> config.set("rope_scaling", scaling));
        config.put("tie_word_embeddings", !file.tensors().containsKey("output.weight"));
        if (architecture == GgufArchitecture.GEMMA3) {
            gemma(config);
        } else {
            config.put("hidden_act", "silu");
        }
        if (architecture != GgufArchitecture.QWEN2) {
            config.put("attention_bias", file.tensors().containsKey("blk.0.attn_q.bias"));
        }
        if (architecture == GgufArchitecture.LLAMA) {
            config.put("mlp_bias", file.tensors().containsKey("blk.0.ffn_gate.bias"));
        }
        new GgufSpecialTokens(file).ids().forEach(config::put);
        return config;
    }

    private void sizes(ObjectNode config) {
        int hidden = positive("embedding_length");
        int heads = positive("attention.head_count");
        config.put("hidden_size", hidden);
        config.put("num_hidden_layers", layers());
        config.put("num_attention_heads", heads);
        config.put("num_key_value_heads", has("attention.head_count_kv") ? positive("attention.head_count_kv") : heads);
        config.put("head_dim", headSize(hidden, heads));
        config.put("intermediate_size", positive("feed_forward_length"));
        config.put("max_position_embeddings", positive("context_length"));
        config.put("vocab_size", vocabulary(hidden));
    }

    /** At least one tensor belongs to each layer, so a larger number cannot be true. */
    private int layers() {
        int layers = positive("block_count");
        if (layers > file.tensors().size()) {
            throw invalid("states " + layers + " layers, but has only "
                    + file.tensors().size() + " tensors");
        }
        return layers;
    }

    private int headSize(int hidden, int heads) {
        if (!has("attention.key_length") && !has("rope.dimension_count") && hidden % heads != 0) {
            throw invalid(
                    "hidden size " + hidden + " is no multiple of " + heads + " heads, and no head size is given");
        }
        int rotary = has("rope.dimension_count") ? positive("rope.dimension_count") : 0;
        int fallback = architecture == GgufArchitecture.LLAMA && rotary > 0 ? rotary : hidden / heads;
        int size = has("attention.key_length") ? positive("attention.key_length") : fallback;
        int value = has("attention.value_length") ? positive("attention.value_length") : size;
        if (value != size || (rotary != 0 && rotary != size)) {
            throw invalid("heads have " + size + " key, " + value + " value and " + rotary
                    + " rotated dimensions, expected the same number for all");
        }
        return size;
    }

    private int vocabulary(int hidden) {
        GgufTensor embedding = file.tensor(EMBEDDING);
        if (embedding.shape().size() != 2
                || embedding.shape().get(1) != hidden
                || embedding.shape().get(0) > Integer.MAX_VALUE) {
            throw invalid("tensor \"" + EMBEDDING + "\" has shape " + embedding.shape() + ", expected [vocabulary, "
                    + hidden + "]");
        }
        return embedding.shape().get(0).intValue();
    }

    /** What Gemma3TextConfig has beyond the others; llama.cpp sets the same in llm_load_hparams. */
    private void gemma(ObjectNode config) {
        int layers = config.get("num_hidden_layers").intValue();
        int hidden = config.get("hidden_size").intValue();
        int heads = config.get("num_attention_heads").intValue();
        boolean largest = layers == 62; // the 27B model scales by hidden / heads, the others by the head size
        config.put("hidden_activation", "gelu_pytorch_tanh");
        config.put(
                "query_pre_attn_scalar",
                largest ? hidden / heads : config.get("head_dim").intValue());
        config.put("rope_local_base_freq", has("rope.freq_base_swa") ? positiveReal("rope.freq_base_swa") : 10_000.0);
        config.put("sliding_window", positive("attention.sliding_window"));
        int pattern = has("attention.sliding_window_pattern") ? positive("attention.sliding_window_pattern") : 6;
        config.put("sliding_window_pattern", pattern);
        ArrayNode types = config.putArray("layer_types");
        for (int layer = 0; layer < layers; layer++) {
            types.add((layer + 1) % pattern == 0 ? "full_attention" : "sliding_attention");
        }
        config.putNull("final_logit_softcapping");
        config.putNull("attn_logit_softcapping");
    }

    private boolean has(String key) {
        return metadata.has(architecture.key() + "." + key);
    }

    private int positive(String key) {
        String full = architecture.key() + "." + key;
        int value = metadata.requiredCount(full);
        if (value == 0) {
            throw invalid("metadata \"" + full + "\" is 0, expected at least 1");
        }
        return value;
    }

    private double positiveReal(String key) {
        String full = architecture.key() + "." + key;
        double value = metadata.requiredReal(full);
        if (!(value > 0 && Double.isFinite(value))) {
            throw invalid("metadata \"" + full + "\" is " + value + ", expected a positive number");
        }
        return value;
    }

    private InvalidFileException invalid(String problem) {
        return new InvalidFileException(file.path(), problem);
    }
}
