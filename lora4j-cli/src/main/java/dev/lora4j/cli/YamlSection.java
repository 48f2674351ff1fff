package dev.lora4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A mapping of the file whose own keys are taken out one by one; settings of {@code train} are left. */
final class YamlSection {
    private final Path path;
    private final String where;
    private final ObjectNode mapping;

    YamlSection(Path path, String where, JsonNode node) {
        if (!(node instanceof ObjectNode object)) {
            throw new InvalidFileException(path, where + "must have settings in braces, {} where it has none");
        }
        this.path = path;
        this.where = where;
        this.mapping = object;
    }

    private @Nullable JsonNode take(String key) {
        return mapping.remove(key);
    }

    Optional<String> text(String key) {
        JsonNode value = take(key);
        if (value != null && (!value.isValueNode() || value.isNull())) {
            throw new InvalidFileException(path, where + key + " must be a word or a number");
        }
        return Optional.ofNullable(value).map(JsonNode::asText);
    }

    /** A value, or the values of a list. */
    List<String> list(String key) {
        JsonNode value = take(key);
        if (value == null) {
            return List.of();
        }
        List<String> items = new ArrayList<>();
        for (JsonNode item : value.isArray() ? value : List.of(value)) {
            if (!item.isValueNode() || item.isNull()) {
                throw new InvalidFileException(path, where + key + " must be a word, a number or a list of them");
            }
            items.add(item.asText());
        }
        return items;
    }

    /** Choices of targets: a list of lists; a list of words, or a word, is a single choice. */
    List<String> targets() {
        JsonNode value = mapping.get("targets");
        if (value == null
                || !value.isArray()
                || value.isEmpty()
                || !value.get(0).isArray()) {
            return value == null ? List.of() : List.of(String.join(",", list("targets")));
        }
        take("targets");
        List<String> choices = new ArrayList<>();
        for (JsonNode choice : value) {
            ObjectNode one = mapping.objectNode();
            one.set("targets", choice);
            choices.add(String.join(",", new YamlSection(path, where, one).list("targets")));
        }
        return choices;
    }

    ObjectNode mapping(String key) {
        return mappingIfAny(key)
                .filter(found -> !found.isEmpty())
                .orElseThrow(() -> new InvalidFileException(path, "must have a key " + key + " with one at least"));
    }

    Optional<ObjectNode> mappingIfAny(String key) {
        JsonNode value = take(key);
        if (value != null && !(value instanceof ObjectNode)) {
            throw new InvalidFileException(path, where + key + " must have names and their settings");
        }
        return Optional.ofNullable((ObjectNode) value);
    }

    OptionalInt rows(String key) {
        return text(key)
                .map(this::whole)
                .map(rows -> {
                    if (rows < 1 || rows > Integer.MAX_VALUE) {
                        throw new InvalidFileException(path, where + key + " is " + rows + ", expected 1 or more");
                    }
                    return OptionalInt.of(rows.intValue());
                })
                .orElse(OptionalInt.empty());
    }

    long whole(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new InvalidFileException(path, where + "\"" + text + "\" is no whole number", e);
        }
    }

    boolean flag(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw new InvalidFileException(path, where + "keep-adapters is " + text + ", expected true or false");
        }
        return text.equals("true");
    }

    /** What has not been taken, as settings. */
    Map<String, String> settings() {
        return YamlFile.settings(path, where, mapping);
    }
}
