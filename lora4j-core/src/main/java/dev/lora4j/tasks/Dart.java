package dev.lora4j.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.TextMetric;
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
    private static final List<String> HOMES = List.of("dart");

    private Dart() {}

    /** Those of {@link WebNlg#metrics}. */
    public static List<TextMetric> metrics() {
        return WebNlg.metrics();
    }

    /** The texts to learn from; {@code data} is the file, its folder, or the folder around {@code dart}. */
    public static Path trainingFile(Path data) {
        return file(data, "training", "train");
    }

    /** Those to measure the loss on while training. */
    public static Path validationFile(Path data) {
        return file(data, "validation", "dev");
    }

    private static Path file(Path data, String kind, String name) {
        return TaskText.file(data, HOMES, kind, List.of("dart-v1.1.1-full-" + name + ".json"));
    }

    /** Rows to learn from, one for each reference, as a model of this tokenizer reads them. */
    public static Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy policy) {
        return Dataset.of(file, PromptForm.of(tokenizer).rows(read(file)), encoder, policy);
    }

    /** The test's different inputs with all references of each. */
    public static List<TextPrompt> test(Path data) {
        Path file = file(data, "test", "test");
        return TextPrompt.grouped(read(file), file);
    }

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
