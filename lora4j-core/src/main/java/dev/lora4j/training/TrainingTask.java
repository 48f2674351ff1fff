package dev.lora4j.training;

import dev.lora4j.data.Dataset;
import dev.lora4j.lora.Adapter;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One adapter to be trained: on what, how, and where its checkpoints go.
 *
 * @param name for logs and messages
 * @param adapter its tensors change in place
 * @param validation rows to measure on while training
 * @param output folder of the log and the checkpoints; empty for neither
 * @param resume whether to go on from the newest checkpoint in the output folder
 */
public record TrainingTask(
        String name,
        Adapter adapter,
        Dataset training,
        Optional<Dataset> validation,
        TrainingConfig config,
        Optional<Path> output,
        boolean resume) {

    /** A task that is neither validated nor saved while it runs. */
    public static TrainingTask of(String name, Adapter adapter, Dataset training, TrainingConfig config) {
        return new TrainingTask(name, adapter, training, Optional.empty(), config, Optional.empty(), false);
    }

    /** The same, measured on these rows while it runs. */
    public TrainingTask validatedOn(Dataset rows) {
        return new TrainingTask(name, adapter, training, Optional.of(rows), config, output, resume);
    }

    /** The same, with its log and its checkpoints in this folder. */
    public TrainingTask savedTo(Path folder) {
        return new TrainingTask(name, adapter, training, validation, config, Optional.of(folder), resume);
    }

    /** The same, going on from the newest checkpoint if there is one. */
    public TrainingTask resumed() {
        return new TrainingTask(name, adapter, training, validation, config, output, true);
    }
}
