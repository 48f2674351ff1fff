package dev.lora4j.cli;

import dev.lora4j.model.ModelTask;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A task of an experiment: its rows and how it is scored.
 *
 * @param published with files and scores of its own
 * @param data its own folder, if it has one
 * @param trainRows most rows to learn from
 * @param devRows most rows of each file to measure on
 * @param metric the score that tables show
 * @param settings of its trainings
 */
record ExperimentTask(
        PublishedTask published,
        Optional<Path> data,
        OptionalInt trainRows,
        OptionalInt devRows,
        String metric,
        Map<String, String> settings) {
    /** The name that users write. */
    String key() {
        return published.key();
    }

    /** What its base is loaded for. */
    ModelTask modelTask() {
        return published.kind().modelTask();
    }

    /** Its own score as tables show it. */
    String shown(double value) {
        return shown(metric, value);
    }

    /** A score as tables show it. */
    String shown(String score, double value) {
        return Double.isFinite(value) ? published.shown(score, value) : "none";
    }
}
