package dev.lora4j.training;

/**
 * What one optimizer step did.
 *
 * @param step from 1
 * @param loss mean over the step's trained tokens, or rows
 * @param gradientNorm before clipping
 * @param tokens that went through the model in this step, trained or not
 * @param seconds of this step
 * @param memoryBytes resident memory of the process, or 0 where it cannot be read
 */
public record StepRecord(
        long step,
        double epoch,
        double loss,
        double learningRate,
        double gradientNorm,
        long tokens,
        double seconds,
        long memoryBytes) {
    /** Tokens per second of this step. */
    public double tokensPerSecond() {
        return tokens / seconds;
    }
}
