package dev.lora4j.training;

/** How the learning rate goes over a run, after a linear warm-up (transformers' {@code get_*_schedule_with_warmup}). */
public enum Schedule {
    /** Falls linearly to zero. */
    LINEAR,
    /** Falls along half a cosine to zero. */
    COSINE,
    /** Stays. */
    CONSTANT;

    /**
     * The factor of the peak learning rate at a step.
     *
     * @param step from 0
     * @param warmup steps of the linear rise from 0
     * @param total steps of the whole run
     */
    double factor(long step, long warmup, long total) {
        if (step < warmup) {
            return (double) step / Math.max(1, warmup);
        }
        double progress = (double) (step - warmup) / Math.max(1, total - warmup);
        return switch (this) {
            case LINEAR -> Math.max(0, 1 - progress);
            case COSINE -> Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
            case CONSTANT -> 1;
        };
    }
}
