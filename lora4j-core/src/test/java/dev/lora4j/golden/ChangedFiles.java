package dev.lora4j.golden;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A model's files with tensors under other names or left out.
 *
 * @param config instead of its own
 * @param tensors instead of its own
 */
record ChangedFiles(ObjectNode config, Map<String, StoredTensor> tensors) implements ModelFiles {
    /**
     * Renames.
     *
     * @param rename the new name of each tensor; empty to leave it out
     */
    static ChangedFiles of(ModelFiles files, Function<String, Optional<String>> rename) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        files.tensors().forEach((name, tensor) -> rename.apply(name).ifPresent(other -> tensors.put(other, tensor)));
        return new ChangedFiles(files.config(), tensors);
    }

    /** Tensors of these shapes that nobody can read. */
    static ChangedFiles ofShapes(ObjectNode config, Map<String, long[]> shapes) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> tensors.put(
                name,
                new StoredTensor.Decoded(
                        name, java.util.Arrays.stream(shape).boxed().toList(), (first, values, count) -> {
                            throw new AssertionError(name + " was read");
                        })));
        return new ChangedFiles(config, tensors);
    }

    @Override
    public String description() {
        return "changed files";
    }

    @Override
    public Optional<String> tokenizerJson() {
        return Optional.empty();
    }

    @Override
    public Optional<ObjectNode> tokenizerConfig() {
        return Optional.empty();
    }

    @Override
    public Optional<ObjectNode> generationConfig() {
        return Optional.empty();
    }

    @Override
    public void close() {
        // what it changes is closed by its owner
    }
}
