package dev.lora4j.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/**
 * DART: facts of many sources in words (Nan et al. 2021), in its own JSON form.
 *
 * <p>{@code [{"tripleset": [["subject", "RELATION", "object"], …], "annotations": [{"text"}]}, …]}. Relations become small letters,
 * as in the LoRA paper's code.
 */
public final class Dart {
    private Dart() {}

    /** The inputs with the references of each. */
    public static List<TextPrompt> read(Path file) {
        return TaskJson.rows(file).stream()
                .map(row -> new TextPrompt(
                        input(row, file),
                        TaskJson.list(row, "annotations", file).stream()
                                .map(each -> TaskJson.text(each, "text", file))
                                .toList()))
                .toList();
    }

    private static String input(JsonNode row, Path file) {
        return Triples.written(TaskJson.list(row, "tripleset", file).stream()
                .map(triple -> {
                    List<String> parts = StreamSupport.stream(triple.spliterator(), false)
                            .map(JsonNode::asText)
                            .toList();
                    if (parts.size() != 3) {
                        throw new InvalidFileException(
                                file, "a triple is " + triple + ", expected a subject, a relation and an object");
                    }
                    return List.of(parts.get(0), parts.get(1).toLowerCase(Locale.ROOT), parts.get(2));
                })
                .toList());
    }
}
