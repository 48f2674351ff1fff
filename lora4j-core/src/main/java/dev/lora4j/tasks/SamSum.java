package dev.lora4j.tasks;

import dev.lora4j.evaluation.text.Rouge;
import dev.lora4j.evaluation.text.TextMetric;
import java.nio.file.Path;
import java.util.List;

/**
 * SAMSum: summaries of chats (Gliwa et al. 2019). JSON, as a list or line by line: {@code {"id", "dialogue", "summary"}}.
 *
 * <p>The input is the dialogue with line breaks as {@code \n}, however the file has them.
 */
public final class SamSum {
    private SamSum() {}

    /** ROUGE-1, ROUGE-2 and ROUGE-L, by stems as papers report them. */
    public static List<TextMetric> metrics() {
        return List.of(Rouge.ngrams(1, true), Rouge.ngrams(2, true), Rouge.longest(true));
    }

    /** The dialogues, each with its one summary. */
    public static List<TextPrompt> read(Path file) {
        return TaskJson.rows(file).stream()
                .map(row -> new TextPrompt(
                        TaskJson.text(row, "dialogue", file).replace("\r\n", "\n"),
                        List.of(TaskJson.text(row, "summary", file))))
                .toList();
    }
}
