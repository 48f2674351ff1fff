package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * What the seeds of one task, method, rank and choice of targets came to together.
 *
 * @param results of the seeds, one at least
 */
record ExperimentLine(ExperimentTask task, String method, ExperimentMethod.Choice choice, List<CellResult> results) {
    /** A line for each group of cells that differ in their seeds alone, in their order. */
    static List<ExperimentLine> of(Map<ExperimentCell, CellResult> results) {
        Map<Key, ExperimentLine> lines = new LinkedHashMap<>();
        results.forEach((cell, result) -> {
            ExperimentMethod.Choice choice = cell.choice();
            Key key = new Key(cell.task().key(), cell.method(), choice);
            Objects.requireNonNull(lines.computeIfAbsent(
                            key, each -> new ExperimentLine(cell.task(), cell.method(), choice, new ArrayList<>())))
                    .results()
                    .add(result);
        });
        return List.copyOf(lines.values());
    }

    private record Key(String task, String method, ExperimentMethod.Choice choice) {}

    /** The method with its rank, size and targets, where it has them. */
    String title() {
        StringBuilder title = new StringBuilder(method);
        if (!choice.rank().isEmpty()) {
            title.append(" r ").append(choice.rank());
        }
        if (!choice.size().isEmpty()) {
            title.append(' ').append(choice.size());
        }
        if (!choice.targets().isEmpty()) {
            title.append(' ').append(choice.targets().replace(",", ", "));
        }
        return title.toString();
    }

    /** The scores that tables show, in ascending order; NaN, where there is none, last. */
    private List<Double> scores() {
        return results.stream()
                .map(result -> result.score(task.metric()))
                .sorted()
                .toList();
    }

    double lowest() {
        return scores().get(0);
    }

    double highest() {
        return scores().get(results.size() - 1);
    }

    double median() {
        return median(task.metric());
    }

    /** Of another score; NaN where there is none. */
    double median(String metric) {
        return median(result -> result.score(metric));
    }

    /** The value in the middle, or the mean of the two there. */
    double median(ToDoubleFunction<CellResult> value) {
        double[] sorted = results.stream().mapToDouble(value).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("task", task.key())
                .put("method", method)
                .put("rank", choice.rank())
                .put("size", choice.size())
                .put("targets", choice.targets())
                .put("seeds", results.size())
                .put("metric", task.metric());
        put(json, "median", median());
        put(json, "lowest", lowest());
        put(json, "highest", highest());
        ObjectNode medians = json.putObject("medians");
        task.published().scores().forEach(name -> put(medians, name, median(name)));
        return json.put("parameters", results.get(0).parameters())
                .put("head_parameters", results.get(0).headParameters())
                .put("adapter_bytes", results.get(0).bytes())
                .put("seconds", median(CellResult::seconds))
                .put("steps", (long) median(CellResult::steps))
                .put("rows", (long) median(CellResult::rows))
                .put("peak_memory_bytes", (long) median(CellResult::peakMemoryBytes));
    }

    private static void put(ObjectNode json, String name, double value) {
        if (Double.isFinite(value)) {
            json.put(name, value);
        } else {
            json.putNull(name); // JSON has no NaN
        }
    }
}
