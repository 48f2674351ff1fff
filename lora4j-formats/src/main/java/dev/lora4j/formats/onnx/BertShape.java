package dev.lora4j.formats.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The configuration of a MiniLM, as far as possible from the shapes of its tensors. */
final class BertShape {
    /** The size of an attention head in every MiniLM; no tensor's shape tells it. */
    private static final long HEAD = 32;

    private BertShape() {}

    static ObjectNode config(Path path, Map<String, StoredTensor> tensors) {
        List<Long> words = shape(path, tensors, "embeddings.word_embeddings.weight", 2);
        List<Long> positions = shape(path, tensors, "embeddings.position_embeddings.weight", 2);
        List<Long> types = shape(path, tensors, "embeddings.token_type_embeddings.weight", 2);
        long feedForward = shape(path, tensors, "encoder.layer.0.intermediate.dense.bias", 1)
                .get(0);
        int layers = 0;
        while (tensors.containsKey("encoder.layer." + layers + ".output.dense.weight")) {
            layers++;
        }
        long hidden = words.get(1);
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.putArray("architectures").add("BertModel");
        return config.put("model_type", "bert")
                .put("vocab_size", words.get(0))
                .put("hidden_size", hidden)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", hidden / HEAD)
                .put("intermediate_size", feedForward)
                .put("max_position_embeddings", positions.get(0))
                .put("type_vocab_size", types.get(0))
                .put("hidden_act", "gelu")
                .put("layer_norm_eps", 1e-12)
                .put("hidden_dropout_prob", 0.1)
                .put("attention_probs_dropout_prob", 0.1)
                .put("initializer_range", 0.02)
                .put("position_embedding_type", "absolute")
                .put("pad_token_id", 0);
    }

    static ObjectNode tokenizerConfig() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("tokenizer_class", "BertTokenizer")
                .put("do_lower_case", true)
                .put("model_max_length", 512)
                .put("unk_token", "[UNK]")
                .put("sep_token", "[SEP]")
                .put("pad_token", "[PAD]")
                .put("cls_token", "[CLS]")
                .put("mask_token", "[MASK]");
    }

    private static List<Long> shape(Path path, Map<String, StoredTensor> tensors, String name, int rank) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null || tensor.shape().size() != rank) {
            throw new InvalidFileException(path, "has no \"" + name + "\" with " + rank + " dimensions: not a MiniLM");
        }
        return tensor.shape();
    }
}
