package dev.lora4j.training;

import dev.lora4j.formats.Lora4jException;
import java.nio.file.Path;

/** Hears what happens in a run: progress, logs, reports. Called on the training thread, between steps. */
public interface TrainingListener {
    /** A listener that does nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /** A run begins, or goes on after {@code step} steps of {@code totalSteps}. */
    default void started(TrainingTask task, long step, long totalSteps) {}

    /** A step is done. */
    default void stepped(TrainingTask task, StepRecord record) {}

    /** The adapter was measured on the validation rows. */
    default void evaluated(TrainingTask task, EvaluationRecord record) {}

    /** A checkpoint is complete on disk. */
    default void saved(TrainingTask task, Path checkpoint) {}

    /** The run has ended and the adapter has its final values. */
    default void finished(TrainingTask task, TrainingReport report) {}

    /** The run cannot go on; others trained with it do. */
    default void failed(TrainingTask task, Lora4jException cause) {}
}
