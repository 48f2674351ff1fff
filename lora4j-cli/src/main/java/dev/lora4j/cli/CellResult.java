package dev.lora4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one training of an experiment came to.
 *
 * @param identity what it was made from: model, rows and settings; another file gives another one
 * @param scores by name
 * @param parameters trained values without the head's
 * @param headParameters trained values of the head
 * @param bytes of all trained values
 * @param seconds of its training; of several at once its share of theirs
 * @param sideBySide how many were trained at once
 * @param tokens that went through the model
 * @param steps of its training
 * @param rows that these took together, one that was taken twice counted twice
 * @param peakMemoryBytes largest resident memory of the process after a step
 * @param losses of the steps, thinned to a hundred at most
 */
record CellResult(
        Map<String, String> identity,
        Map<String, Double> scores,
        long parameters,
        long headParameters,
        long bytes,
        double seconds,
        int sideBySide,
        long tokens,
        long steps,
        long rows,
        long peakMemoryBytes,
        List<Double> losses) {
    CellResult {
        identity = new LinkedHashMap<>(identity);
        scores = new LinkedHashMap<>(scores);
        losses = List.copyOf(losses);
    }

    /** A score; NaN where there is none, such as the correlation of equal answers. */
    double score(String metric) {
        return Optional.ofNullable(scores.get(metric)).orElse(Double.NaN);
    }

    /** What machines read, with what tables call it. */
    ObjectNode json(ExperimentCell cell) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("cell", cell.name())
                .put("task", cell.task().key())
                .put("method", cell.method())
                .put("rank", cell.choice().rank())
                .put("size", cell.choice().size())
                .put("targets", cell.choice().targets())
                .put("seed", cell.seed())
                .put("metric", cell.task().metric());
        ObjectNode values = json.putObject("scores");
        scores.forEach((name, value) -> {
            if (Double.isFinite(value)) {
                values.put(name, value);
            } else {
                values.putNull(name);
            }
        });
        json.put("parameters", parameters)
                .put("head_parameters", headParameters)
                .put("adapter_bytes", bytes)
                .put("seconds", seconds)
                .put("side_by_side", sideBySide)
                .put("tokens", tokens)
                .put("steps", steps)
                .put("rows", rows)
                .put("peak_memory_bytes", peakMemoryBytes);
        ArrayNode curve = json.putArray("losses");
        losses.forEach(curve::add);
        ObjectNode made = json.putObject("identity");
        identity.forEach(made::put);
        return json;
    }

    /** Reads what {@link #json} wrote. */
    static CellResult of(JsonNode json) {
        Map<String, String> identity = new LinkedHashMap<>();
        json.path("identity")
                .properties()
                .forEach(each -> identity.put(each.getKey(), each.getValue().asText()));
        Map<String, Double> scores = new LinkedHashMap<>();
        json.path("scores")
                .properties()
                .forEach(each -> scores.put(
                        each.getKey(),
                        each.getValue().isNull() ? Double.NaN : each.getValue().asDouble()));
        List<Double> losses = new ArrayList<>();
        json.path("losses").forEach(loss -> losses.add(loss.asDouble()));
        return new CellResult(
                identity,
                scores,
                json.path("parameters").asLong(),
                json.path("head_parameters").asLong(),
                json.path("adapter_bytes").asLong(),
                json.path("seconds").asDouble(),
                json.path("side_by_side").asInt(),
                json.path("tokens").asLong(),
                json.path("steps").asLong(),
                json.path("rows").asLong(),
                json.path("peak_memory_bytes").asLong(),
                losses);
    }
}
