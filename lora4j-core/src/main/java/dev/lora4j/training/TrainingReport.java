package dev.lora4j.training;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a run went.
 *
 * @param steps every step of this process, in order
 * @param evaluations in order
 * @param bestStep after which the validation loss was lowest, if there was validation
 * @param trainedParameters values that were trained
 * @param seconds of this process
 */
public record TrainingReport(
        String name,
        StopReason stop,
        List<StepRecord> steps,
        List<EvaluationRecord> evaluations,
        OptionalLong bestStep,
        long trainedParameters,
        double seconds) {

    /** Copies the lists. */
    public TrainingReport {
        steps = List.copyOf(steps);
        evaluations = List.copyOf(evaluations);
    }

    /** Why a run ended. */
    public enum StopReason {
        /** All steps are done. */
        COMPLETED,
        /** The validation loss did not fall for as long as the patience allows. */
        EARLY_STOP,
        /** Someone asked; the state is saved. */
        INTERRUPTED
    }

    /** The last step's loss, if there was a step. */
    public Optional<Double> finalLoss() {
        return steps.isEmpty()
                ? Optional.empty()
                : Optional.of(steps.get(steps.size() - 1).loss());
    }

    /** Tokens that went through the model. */
    public long tokens() {
        return steps.stream().mapToLong(StepRecord::tokens).sum();
    }

    /** Tokens per second over all steps, evaluations and checkpoints left out. */
    public double tokensPerSecond() {
        double time = steps.stream().mapToDouble(StepRecord::seconds).sum();
        return time == 0 ? 0 : tokens() / time;
    }

    /** Largest resident memory seen after a step. */
    public long peakMemoryBytes() {
        return steps.stream().mapToLong(StepRecord::memoryBytes).max().orElse(0);
    }
}
