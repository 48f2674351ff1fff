package dev.lora4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Strict YAML of settings: no key twice, and only words, numbers and lists of them as values. */
final class YamlFile {
    /** The most entries of a mapping; there are less than a hundred options. */
    private static final int MAX_ENTRIES = 1000;

    private YamlFile() {}

    /** The mapping that a file is. */
    static ObjectNode read(Path path) {
        YAMLMapper mapper = YAMLMapper.builder(YAMLFactory.builder()
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build())
                .build();
        JsonNode tree;
        try {
            tree = mapper.readTree(JsonFile.readText(path));
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new InvalidFileException(
                    path,
                    "is not valid YAML" + where + ": "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
        if (!(tree instanceof ObjectNode object) || object.size() > MAX_ENTRIES) {
            throw new InvalidFileException(path, "must have lines like learning-rate: 1e-4");
        }
        return object;
    }

    /**
     * The settings of a mapping as an option's text.
     *
     * @param where in the file, for messages, such as {@code "adapter x: "}, or empty
     */
    static Map<String, String> settings(Path path, String where, ObjectNode mapping) {
        if (mapping.size() > MAX_ENTRIES) {
            throw new InvalidFileException(path, where + "has more than " + MAX_ENTRIES + " settings");
        }
        Map<String, String> values = new LinkedHashMap<>();
        mapping.properties()
                .forEach(entry -> values.put(entry.getKey(), text(path, where + entry.getKey(), entry.getValue())));
        return values;
    }

    private static String text(Path path, String key, JsonNode value) {
        if (value.isArray()) {
            List<String> items = new ArrayList<>();
            value.forEach(item -> items.add(text(path, key, item)));
            return String.join(",", items);
        }
        if (!value.isValueNode() || value.isNull()) {
            throw new InvalidFileException(path, key + " must be a word, a number or a list of them");
        }
        return value.asText();
    }
}
