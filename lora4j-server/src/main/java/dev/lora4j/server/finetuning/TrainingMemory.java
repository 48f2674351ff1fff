package dev.lora4j.server.finetuning;

import dev.lora4j.model.LanguageModel;

/**
 * Native memory that training takes, by estimate, and a limit for all that trains. Safe for any number of threads.
 *
 * <p>For each trained value: the value, its gradient, two moments, the best so far and what is being served of it. For each
 * token of a pass: what every linear layer takes and gives, twice, for the backward pass.
 */
final class TrainingMemory {
    private static final long BYTES_PER_PARAMETER = 6L * Float.BYTES;

    private final long limit;
    private long reserved;

    TrainingMemory(long limit) {
        this.limit = limit;
    }

    /**
     * Of one job.
     *
     * @param parameters of its adapter
     * @param tokens that go through the model at once
     */
    static long estimate(LanguageModel model, long parameters, long tokens) {
        long values = model.linears().stream()
                .mapToLong(linear -> linear.inFeatures() + linear.outFeatures())
                .sum();
        return parameters * BYTES_PER_PARAMETER + tokens * values * 2 * Float.BYTES;
    }

    long limit() {
        return limit;
    }

    /** Waits until there is room. */
    synchronized void reserve(long bytes) throws InterruptedException {
        while (reserved > 0 && reserved + bytes > limit) {
            wait();
        }
        reserved += bytes;
    }

    synchronized void release(long bytes) {
        reserved -= bytes;
        notifyAll();
    }
}
