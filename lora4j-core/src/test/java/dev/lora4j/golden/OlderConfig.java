package dev.lora4j.golden;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A golden folder read with the configuration that transformers 4 would have written. */
final class OlderConfig implements ModelFiles {
    private final HuggingFaceFolder folder;
    private final ObjectNode config;

    OlderConfig(Path path) {
        this.folder = HuggingFaceFolder.open(path);
        this.config = JsonFile.read(path.resolve("config-v4.json"));
    }

    @Override
    public String description() {
        return folder.description();
    }

    @Override
    public ObjectNode config() {
        return config;
    }

    @Override
    public Map<String, StoredTensor> tensors() {
        return folder.tensors();
    }

    @Override
    public Optional<String> tokenizerJson() {
        return folder.tokenizerJson();
    }

    @Override
    public Optional<ObjectNode> tokenizerConfig() {
        return folder.tokenizerConfig();
    }

    @Override
    public Optional<ObjectNode> generationConfig() {
        return folder.generationConfig();
    }

    @Override
    public void close() {
        folder.close();
    }
}
