package dev.lora4j.tasks;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.evaluation.LanguageModelScore;
import dev.lora4j.evaluation.SequencePredictions;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rows that a task of GLUE is measured on. Immutable.
 *
 * @param parts by the name of their file's part, as {@link GlueTask#developmentFiles} has it
 */
public record GlueRows(GlueTask task, Map<String, Dataset> parts) {
    /** Copies the map. */
    public GlueRows {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    /** Reads the development files of a task in a folder. */
    public static GlueRows development(GlueTask task, Path data, ExampleEncoder encoder, RowPolicy policy) {
        Map<String, Dataset> parts = new LinkedHashMap<>();
        task.developmentFiles(data)
                .forEach((name, file) -> parts.put(name, Dataset.read(file, task.columns(), encoder, policy)));
        return new GlueRows(task, parts);
    }

    /** The same with so many rows of each part at most, chosen by the seed. */
    public GlueRows sample(int rows, long seed) {
        Map<String, Dataset> fewer = new LinkedHashMap<>();
        parts.forEach((name, all) -> fewer.put(name, all.sample(rows, seed)));
        return new GlueRows(task, fewer);
    }

    /** How many rows all parts have. */
    public int size() {
        return parts.values().stream().mapToInt(Dataset::size).sum();
    }

    /**
     * Lets a model answer them, with an adapter's head or else its own.
     *
     * @return the task's scores over all rows; of several parts those of each part too, under its name
     */
    public TaskScores score(LanguageModel model, Optional<Adapter> adapter) {
        List<double[]> expected = new ArrayList<>();
        List<double[]> predicted = new ArrayList<>();
        for (Dataset part : parts.values()) {
            expected.add(expected(part.examples()));
            predicted.add(predicted(
                    SequencePredictions.of(model, adapter, part.examples(), LanguageModelScore.TOKENS_PER_BATCH)));
        }
        TaskScores all = score(joined(expected), joined(predicted));
        if (parts.size() == 1) {
            return all;
        }
        Map<String, Double> values = new LinkedHashMap<>(all.values());
        int at = 0;
        for (String name : parts.keySet()) {
            score(expected.get(at), predicted.get(at))
                    .values()
                    .forEach((metric, value) -> values.put(metric + " " + name, value));
            at++;
        }
        return new TaskScores(values, all.headline());
    }

    private double[] expected(List<Example> examples) {
        return examples.stream()
                .mapToDouble(example -> isRegression()
                        ? example.score().orElseThrow()
                        : example.label().orElseThrow())
                .toArray();
    }

    private double[] predicted(SequencePredictions predictions) {
        return isRegression()
                ? predictions.scores()
                : Arrays.stream(predictions.classes()).asDoubleStream().toArray();
    }

    private TaskScores score(double[] expected, double[] predicted) {
        return isRegression() ? task.score(expected, predicted) : task.score(indices(expected), indices(predicted));
    }

    private boolean isRegression() {
        return task.labels().isEmpty();
    }

    private static int[] indices(double[] classes) {
        return Arrays.stream(classes).mapToInt(each -> (int) each).toArray();
    }

    private static double[] joined(List<double[]> parts) {
        return parts.stream().flatMapToDouble(Arrays::stream).toArray();
    }
}
