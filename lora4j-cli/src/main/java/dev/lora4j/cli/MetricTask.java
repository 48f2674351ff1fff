package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.TextMetric;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A task of texts whose scores are metrics over its whole test, all of them shown.
 *
 * @param training the file to learn from, by the task's folder
 * @param validation likewise the file to measure the loss on
 * @param reader of either
 * @param test its inputs, by the task's folder
 */
record MetricTask(
        String title,
        List<TextMetric> metrics,
        UnaryOperator<Path> training,
        UnaryOperator<Path> validation,
        Reader reader,
        Function<Path, List<TextPrompt>> test)
        implements TextTask {
    /** Makes the rows of a file into examples. */
    @FunctionalInterface
    interface Reader {
        Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows);
    }

    @Override
    public List<String> scores() {
        return TextTask.names(metrics);
    }

    @Override
    public List<String> columns() {
        return scores();
    }

    @Override
    public Path trainingFile(Path data) {
        return training.apply(data);
    }

    @Override
    public Path validationFile(Path data) {
        return validation.apply(data);
    }

    @Override
    public Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return reader.rows(file, tokenizer, encoder, badRows);
    }

    @Override
    public List<TextPrompt> test(Path data) {
        return test.apply(data);
    }

    @Override
    public TaskScores score(Path data, List<TextPrompt> prompts, List<String> answers) {
        return TaskScores.of(metrics, TextTask.segments(prompts, answers));
    }
}
