package dev.lora4j.tasks;

import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.evaluation.text.TextMetric;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model reached at a task, by the names of the scores.
 *
 * @param values in the order in which they are told; 1 is all right
 * @param headline the one of them that tables show
 */
public record TaskScores(Map<String, Double> values, String headline) {
    /** Copies the map and looks for the headline in it. */
    public TaskScores {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        if (!values.containsKey(headline)) {
            throw new IllegalArgumentException("there is no score " + headline + " among " + values.keySet());
        }
    }

    /** What metrics say of answers, the first of them the headline. */
    public static TaskScores of(List<TextMetric> metrics, List<Segment> segments) {
        Map<String, Double> values = new LinkedHashMap<>();
        metrics.forEach(metric -> values.put(metric.name(), metric.score(segments)));
        return new TaskScores(values, metrics.get(0).name());
    }

    /** The value that tables show; NaN where a correlation has none. */
    public double main() {
        return Optional.ofNullable(values.get(headline)).orElseThrow();
    }
}
