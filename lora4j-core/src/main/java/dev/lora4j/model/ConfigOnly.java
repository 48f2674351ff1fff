package dev.lora4j.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model of which only the configuration is known: its files have whatever tensor the model's own loading asks for.
 *
 * <p>So the shapes of a model come from the code that loads it, and from nowhere else.
 *
 * @param tensors those that were asked for so far
 */
record ConfigOnly(String description, ObjectNode config, Map<String, StoredTensor> tensors) implements ModelFiles {
    static ConfigOnly of(String description, ObjectNode config) {
        return new ConfigOnly(description, config, new LinkedHashMap<>());
    }

    /** Whether the usual files of such a model have a tensor: no heads for sequences, and a pooler in BERT's alone. */
    boolean has(String name) {
        boolean old = name.endsWith(".gamma") || name.endsWith(".beta");
        boolean head = name.contains("classifier.") || name.startsWith("score.");
        boolean pooler = name.endsWith("pooler.dense.weight");
        boolean bert = config.path("model_type").asText().equals("bert");
        return !old && !head && (!pooler || bert);
    }

    /** The tensor that was asked for, in the shape that was expected. */
    StoredTensor tensor(String name, long... shape) {
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        return tensors.computeIfAbsent(
                name,
                absent -> new StoredTensor.Decoded(name, sizes, (first, values, count) -> {
                    throw new IllegalStateException(name + ": there are no weights, only a configuration");
                }));
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
        // nothing is open
    }
}
