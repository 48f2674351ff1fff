package dev.lora4j.cli;

import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.evaluation.text.TextMetric;
import dev.lora4j.tasks.Answers;
import dev.lora4j.tasks.E2e;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A task whose answers are texts, scored against several references. */
enum TextTask {
    E2E;

    /** How users name the tasks. */
    static List<String> keys() {
        return Arrays.stream(values()).map(TextTask::key).toList();
    }

    /** How users name it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The task's scores of a file of answers.
     *
     * @param folder with the task's test file
     */
    Facts score(Path folder, Path answers) {
        List<Segment> segments = Answers.read(answers, E2e.test(folder));
        Facts facts = new Facts().count("texts", segments.size());
        facts.count(
                "references",
                segments.stream().mapToLong(each -> each.references().size()).sum());
        for (TextMetric metric : E2e.metrics()) {
            facts.number(metric.name(), metric.score(segments));
        }
        return facts;
    }
}
