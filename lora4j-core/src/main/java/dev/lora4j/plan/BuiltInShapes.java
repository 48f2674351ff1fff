package dev.lora4j.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Configurations of well-known models, so that a plan needs no file of theirs. */
public final class BuiltInShapes {
    private static final List<String> NAMES = List.of(
            "gpt2",
            "gpt2-medium",
            "gpt2-large",
            "gpt2-xl",
            "gpt3-175b",
            "roberta-base",
            "roberta-large",
            "deberta-v2-xxlarge",
            "llama-2-7b",
            "smollm2-135m",
            "minilm");

    private static final Map<String, String> SHORTER = Map.of("llama", "llama-2-7b", "gpt3", "gpt3-175b");

    private BuiltInShapes() {}

    /** The names, shorter ones left out. */
    public static List<String> names() {
        return NAMES;
    }

    /** The content of a {@code config.json}; empty if there is no such shape here. */
    public static Optional<ObjectNode> config(String name) {
        String full = SHORTER.getOrDefault(name, name);
        return NAMES.contains(full) ? Optional.of(read(full)) : Optional.empty();
    }

    private static ObjectNode read(String name) {
        try (InputStream file = Objects.requireNonNull(BuiltInShapes.class.getResourceAsStream(name + ".json"))) {
            return JsonFile.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
