package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.plan.BuiltInShapes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model that a plan is made for: its files, a configuration alone, or a built-in shape.
 *
 * @param files none where only a configuration is known
 */
record PlannedModel(
        String name, ObjectNode config, @Nullable ModelFiles files, boolean builtIn) implements AutoCloseable {
    /** Opens what a user calls a model; a folder or file goes before a built-in shape of the same name. */
    static PlannedModel open(String name) {
        Optional<ObjectNode> shape = BuiltInShapes.config(name);
        if (shape.isPresent() && !Files.exists(Path.of(name))) {
            return new PlannedModel(name, shape.get(), null, true);
        }
        if (name.endsWith(".json")) {
            return new PlannedModel(name, JsonFile.read(Path.of(name)), null, false);
        }
        ModelFiles files = ModelOption.open(name);
        return new PlannedModel(name, files.config(), files, false);
    }

    LanguageModel outline(ModelTask task) {
        return files == null ? LanguageModel.outline(name, config, task) : LanguageModel.outline(files, task);
    }

    String type() {
        return config.path("model_type").asText();
    }

    /** Bytes of a stored value where nobody says: two in a shape that says so, else four, as adapters are written. */
    int valueBytes() {
        return builtIn && config.path("torch_dtype").asText().equals("float16") ? 2 : Float.BYTES;
    }

    /** Whether the article has figures of it. */
    boolean isGpt3() {
        return builtIn && name.startsWith("gpt3");
    }

    @Override
    public void close() {
        if (files != null) {
            files.close();
        }
    }
}
