package dev.lora4j.formats.safetensors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A model folder as transformers saves it.
 *
 * <p>Everything but the weights is read when it is opened. Immutable; keeps no file open.
 */
public final class HuggingFaceFolder implements ModelFiles {
    private final Path folder;
    private final ObjectNode config;
    private final Map<String, StoredTensor> tensors;
    private final Optional<String> tokenizerJson;
    private final Optional<ObjectNode> tokenizerConfig;
    private final Optional<ObjectNode> generationConfig;

    private HuggingFaceFolder(Path folder) {
        this.folder = folder;
        this.config = JsonFile.read(folder.resolve("config.json"));
        this.tensors = FolderWeights.open(folder);
        Path tokenizer = folder.resolve("tokenizer.json");
        this.tokenizerJson = Files.exists(tokenizer) ? Optional.of(JsonFile.readText(tokenizer)) : Optional.empty();
        this.tokenizerConfig = TokenizerConfig.read(folder);
        this.generationConfig = JsonFile.readIfExists(folder.resolve("generation_config.json"));
    }

    /**
     * Reads a folder with {@code config.json} and {@code model.safetensors}, or its shards with their index.
     *
     * @throws FileAccessException if the folder or a part that it must have is missing
     * @throws InvalidFileException if a file is not what it should be
     */
    public static HuggingFaceFolder open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new FileAccessException(
                    folder, Files.exists(folder) ? "is a file, expected a model folder" : "there is no such folder");
        }
        if (!Files.exists(folder.resolve("config.json"))) {
            boolean adapter = Files.exists(folder.resolve("adapter_config.json"));
            throw new FileAccessException(
                    folder,
                    adapter
                            ? "is an adapter, not a model: give the folder of its base model"
                            : "has no config.json, expected a model folder with config.json, tokenizer.json and"
                                    + " model.safetensors");
        }
        return new HuggingFaceFolder(folder);
    }

    @Override
    public String description() {
        return folder.toString();
    }

    @Override
    public ObjectNode config() {
        return config.deepCopy();
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return tensors;
    }

    @Override
    public Optional<String> tokenizerJson() {
        return tokenizerJson;
    }

    @Override
    public Optional<ObjectNode> tokenizerConfig() {
        return tokenizerConfig.map(ObjectNode::deepCopy);
    }

    @Override
    public Optional<ObjectNode> generationConfig() {
        return generationConfig.map(ObjectNode::deepCopy);
    }

    @Override
    public void close() {}
}
