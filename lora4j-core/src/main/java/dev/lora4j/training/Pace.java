package dev.lora4j.training;

/**
 * Says when the next piece of work may begin, so that a run leaves time to others who use the same processors.
 *
 * <p>Asked before every pass of rows through the model: micro-batches, validation, and hidden states that are kept. What
 * is computed does not depend on it. Called on the training thread.
 */
@FunctionalInterface
public interface Pace {
    /** As fast as it goes. */
    Pace FULL = () -> {};

    /** Returns when the next piece may begin. What it throws ends the run at once, without a checkpoint. */
    void await();
}
