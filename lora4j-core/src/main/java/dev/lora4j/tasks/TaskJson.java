package dev.lora4j.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Fields of a task's JSON, refused by name where they are not what is expected. */
final class TaskJson {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private TaskJson() {}

    static JsonNode read(Path file) {
        return parse(TaskText.read(file), file);
    }

    private static JsonNode parse(String text, Object source) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new InvalidFileException(source, "is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** A list of objects, or an object on each line. */
    static List<JsonNode> rows(Path file) {
        return stream(file).toList();
    }

    /** The same one after the other, for files whose trees together would take much memory. */
    static Stream<JsonNode> stream(Path file) {
        String text = TaskText.read(file);
        if (text.stripLeading().startsWith("[")) {
            return elements(parse(text, file), "the file", file);
        }
        return text.lines().filter(line -> !line.isBlank()).map(line -> parse(line, file));
    }

    private static Stream<JsonNode> elements(JsonNode list, String name, Path file) {
        if (!list.isArray()) {
            throw new InvalidFileException(file, name + " is " + list.getNodeType() + ", expected a list");
        }
        return StreamSupport.stream(list.spliterator(), false);
    }

    static List<JsonNode> list(JsonNode row, String field, Path file) {
        return elements(row.path(field), "\"" + field + "\"", file).toList();
    }

    static String text(JsonNode row, String field, Path file) {
        if (!row.path(field).isTextual()) {
            throw new InvalidFileException(
                    file,
                    "\"" + field + "\" is " + row.path(field).getNodeType() + ", expected a text, in " + shown(row));
        }
        return row.path(field).asText();
    }

    private static String shown(JsonNode row) {
        String text = row.toString();
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }
}
