package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.tasks.GlueTask;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A task that papers report, whose data is a folder in its published form: what an experiment can have. */
sealed interface PublishedTask permits GlueFolder, TextTask {
    /** All of them. */
    static List<PublishedTask> all() {
        return Stream.concat(Arrays.stream(GlueTask.values()).map(GlueFolder::new), TextTask.all().stream())
                .toList();
    }

    /** How papers name it. */
    String title();

    /** How users name it. */
    default String key() {
        return title().toLowerCase(Locale.ROOT);
    }

    /** What its rows teach. */
    DataTask kind();

    /** Of a classification in their official order. */
    Optional<LabelSet> labels();

    /** The names of all its scores, the headline first. */
    List<String> scores();

    /** The scores that stand beside each other in a table; none where the headline stands with its range. */
    List<String> columns();

    /** A score as papers write it. */
    default String shown(String metric, double value) {
        return String.format(Locale.ROOT, "%.1f", 100 * value);
    }

    /**
     * The file to learn from.
     *
     * @param data the task's folder, or the one around it
     */
    Path trainingFile(Path data);

    /** The file to measure the loss on while training. */
    Path validationFile(Path data);

    /** Makes its rows into examples. */
    ExampleEncoder encoder(Tokenizer tokenizer, EncodingSettings settings);

    /** The rows of one of its files. */
    Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows);

    /** What a model is measured on. */
    MeasuredRows measured(Path data, Tokenizer tokenizer, EncodingSettings settings, RowPolicy badRows);
}
