package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The model in a GGUF file, presented as a Hugging Face model folder would be.
 *
 * <p>Immutable and safe for several threads. The file is mapped and must not be truncated while the model is in use.
 */
public final class GgufModelFiles implements ModelFiles {
    private final GgufFile file;
    private final ObjectNode config;
    private final Map<String, StoredTensor> tensors;
    private final GgufTokenizer tokenizer;

    private GgufModelFiles(GgufFile file) {
        this.file = file;
        GgufArchitecture architecture = GgufArchitecture.of(file);
        this.config = new GgufConfig(file, architecture).build();
        this.tensors = new GgufTensors(file, architecture, config).byName();
        this.tokenizer = new GgufTokenizer(file, architecture);
    }

    /**
     * Opens a GGUF file of a llama, qwen2, qwen3 or gemma3 model.
     *
     * @throws dev.lora4j.formats.InvalidFileException where the file is damaged or of another kind
     */
    public static GgufModelFiles open(Path path) {
        return new GgufModelFiles(GgufFile.open(path));
    }

    @Override
    public String description() {
        return file.path().toString();
    }

    @Override
    public ObjectNode config() {
        return config.deepCopy();
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    /** Built anew at each call, in about a second for a large vocabulary. */
    @Override
    public Optional<String> tokenizerJson() {
        return tokenizer.json();
    }

    @Override
    public Optional<ObjectNode> tokenizerConfig() {
        return tokenizer.config();
    }

    /** Which tokens begin, end and pad; empty where the file names no end. */
    @Override
    public Optional<ObjectNode> generationConfig() {
        GgufSpecialTokens special = new GgufSpecialTokens(file);
        Set<Integer> ends = special.ends();
        if (ends.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode generation = JsonNodeFactory.instance.objectNode();
        Map<String, Integer> ids = special.ids();
        for (String name : new String[] {"bos_token_id", "pad_token_id"}) {
            if (ids.containsKey(name)) {
                generation.put(name, ids.get(name));
            }
        }
        ArrayNode endings = generation.putArray("eos_token_id");
        ends.forEach(endings::add);
        return Optional.of(generation);
    }

    /** Does nothing: the mapping goes with the object. */
    @Override
    public void close() {}
}
