package dev.lora4j.tasks;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.Rouge;
import dev.lora4j.evaluation.text.TextMetric;
import java.nio.file.Path;
import java.util.List;

/**
 * SAMSum: summaries of chats (Gliwa et al. 2019). JSON, as a list or line by line: {@code {"id", "dialogue", "summary"}}.
 *
 * <p>The input is the dialogue with line breaks as {@code \n}, however the file has them. A summary is one line, since a model's
 * answer is: a line break in it is a space.
 */
public final class SamSum {
    private static final List<String> HOMES = List.of("samsum");

    private SamSum() {}

    /** ROUGE-1, ROUGE-2 and ROUGE-L, by stems as papers report them. */
    public static List<TextMetric> metrics() {
        return List.of(Rouge.ngrams(1, true), Rouge.ngrams(2, true), Rouge.longest(true));
    }

    /** The summaries to learn; {@code data} is the file, its folder, or the folder around {@code samsum}. */
    public static Path trainingFile(Path data) {
        return file(data, "training", "train");
    }

    /** Those to measure the loss on while training. */
    public static Path validationFile(Path data) {
        return file(data, "validation", "val");
    }

    private static Path file(Path data, String kind, String name) {
        return TaskText.file(data, HOMES, kind, List.of(name + ".json"));
    }

    /** Rows to learn from, as a model of this tokenizer reads them. */
    public static Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy policy) {
        return Dataset.of(file, PromptForm.of(tokenizer).rows(read(file)), encoder, policy);
    }

    /** The test's different dialogues with their summaries. */
    public static List<TextPrompt> test(Path data) {
        Path file = file(data, "test", "test");
        return TextPrompt.grouped(read(file), file);
    }

    /** The dialogues, each with its one summary. */
    public static List<TextPrompt> read(Path file) {
        return TaskJson.rows(file).stream()
                .map(row -> new TextPrompt(
                        TaskJson.text(row, "dialogue", file).replace("\r\n", "\n"),
                        List.of(TaskJson.text(row, "summary", file).strip().replaceAll("\\R+", " "))))
                .toList();
    }
}
