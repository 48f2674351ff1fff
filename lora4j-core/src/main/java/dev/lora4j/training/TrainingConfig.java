package dev.lora4j.training;

/**
 * How an adapter is trained. Immutable; {@link #defaults()} and {@link #builder()} start from usual values.
 *
 * @param epochs passes over the rows, if no number of steps is given
 * @param maxSteps optimizer steps, or 0 for whole epochs
 * @param batchSize rows per batch
 * @param gradientAccumulation batches per optimizer step; the loss is the mean over all their tokens
 * @param microBatchTokens most tokens that go through the model at once; bounds memory, changes no result but rounding
 * @param learningRate at its peak
 * @param loraPlusRatio learning rate of B over that of A (LoRA+, arXiv 2402.12354); 1 for the same
 * @param schedule of the learning rate after warm-up
 * @param warmupSteps steps of warm-up
 * @param warmupRatio share of all steps instead, if no number is given
 * @param weightDecay decoupled, of every trained value
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon of AdamW
 * @param maxGradientNorm gradients are scaled down to this norm; 0 for no limit
 * @param labelSmoothing ε of the smoothed loss
 * @param shuffle whether each epoch takes the rows in another order; if not, in the order of the data
 * @param seed of the order of rows and of dropout
 * @param evaluationSteps steps between evaluations; 0 for once per epoch
 * @param saveSteps steps between checkpoints; 0 for once per epoch
 * @param keepCheckpoints checkpoints that stay besides the best
 * @param patience evaluations without a better loss before the run stops; 0 to never stop
 * @param recompute whether blocks run again in the backward pass instead of keeping what they computed
 * @param prefixCache most bytes of hidden states that are kept over the epochs where the lowest blocks are frozen; 0 for
 *     none
 */
public record TrainingConfig(
        int epochs,
        int maxSteps,
        int batchSize,
        int gradientAccumulation,
        int microBatchTokens,
        double learningRate,
        double loraPlusRatio,
        Schedule schedule,
        int warmupSteps,
        double warmupRatio,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        double maxGradientNorm,
        double labelSmoothing,
        boolean shuffle,
        long seed,
        int evaluationSteps,
        int saveSteps,
        int keepCheckpoints,
        int patience,
        boolean recompute,
        long prefixCache) {

    /** Checks every value. */
    public TrainingConfig {
        require(epochs > 0, "epochs", epochs, "at least 1");
        require(maxSteps >= 0, "max-steps", maxSteps, "0 or more");
        require(batchSize > 0, "batch-size", batchSize, "at least 1");
        require(gradientAccumulation > 0, "gradient-accumulation", gradientAccumulation, "at least 1");
        require(microBatchTokens > 0, "micro-batch-tokens", microBatchTokens, "at least 1");
        require(learningRate > 0 && learningRate < 100, "learning-rate", learningRate, "a number above 0");
        require(
                loraPlusRatio > 0 && loraPlusRatio <= 1000,
                "lora-plus-ratio",
                loraPlusRatio,
                "a number above 0, usually 16");
        require(warmupSteps >= 0, "warmup-steps", warmupSteps, "0 or more");
        require(warmupRatio >= 0 && warmupRatio <= 1, "warmup-ratio", warmupRatio, "a share from 0 to 1");
        require(weightDecay >= 0 && weightDecay < 100, "weight-decay", weightDecay, "0 or more");
        require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "a number from 0 to below 1");
        require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "a number from 0 to below 1");
        require(epsilon > 0 && epsilon < 1, "epsilon", epsilon, "a small number above 0");
        require(
                maxGradientNorm >= 0 && Double.isFinite(maxGradientNorm),
                "max-gradient-norm",
                maxGradientNorm,
                "0 or more");
        require(labelSmoothing >= 0 && labelSmoothing < 1, "label-smoothing", labelSmoothing, "0 to below 1");
        require(evaluationSteps >= 0, "evaluation-steps", evaluationSteps, "0 or more");
        require(saveSteps >= 0, "save-steps", saveSteps, "0 or more");
        require(keepCheckpoints > 0, "keep-checkpoints", keepCheckpoints, "at least 1");
        require(patience >= 0, "patience", patience, "0 or more");
        require(prefixCache >= 0, "prefix-cache", prefixCache, "0 or more");
    }

    private static void require(boolean holds, String key, Object found, String expected) {
        if (!holds) {
            throw new TrainingException(key + " is " + found + "; expected " + expected);
        }
    }

    /** One epoch, batches of 8, AdamW at 2e-4 falling linearly after 3 % warm-up, clipping at 1. */
    public static TrainingConfig defaults() {
        return builder().build();
    }

    /** The same to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    AdamW.Settings adamW() {
        return new AdamW.Settings(beta1, beta2, epsilon, weightDecay, loraPlusRatio);
    }

    /** Collects the values that differ from the defaults. */
    public static final class Builder {
        private int epochs = 1;
        private int maxSteps;
        private int batchSize = 8;
        private int gradientAccumulation = 1;
        private int microBatchTokens = 512;
        private double learningRate = 2e-4;
        private double loraPlusRatio = 1;
        private Schedule schedule = Schedule.LINEAR;
        private int warmupSteps;
        private double warmupRatio = 0.03;
        private double weightDecay = 0.01;
        private double beta1 = 0.9;
        private double beta2 = 0.999;
        private double epsilon = 1e-8;
        private double maxGradientNorm = 1;
        private double labelSmoothing;
        private boolean shuffle = true;
        private long seed = 42;
        private int evaluationSteps;
        private int saveSteps;
        private int keepCheckpoints = 2;
        private int patience;
        private boolean recompute;
        private long prefixCache = 1_000_000_000;

        private Builder() {}

        /** Passes over the rows. */
        public Builder epochs(int value) {
            epochs = value;
            return this;
        }

        /** Optimizer steps instead of epochs. */
        public Builder maxSteps(int value) {
            maxSteps = value;
            return this;
        }

        /** Rows per batch. */
        public Builder batchSize(int value) {
            batchSize = value;
            return this;
        }

        /** Batches per optimizer step. */
        public Builder gradientAccumulation(int value) {
            gradientAccumulation = value;
            return this;
        }

        /** Most tokens through the model at once. */
        public Builder microBatchTokens(int value) {
            microBatchTokens = value;
            return this;
        }

        /** Learning rate at its peak. */
        public Builder learningRate(double value) {
            learningRate = value;
            return this;
        }

        /** Learning rate of B over that of A. */
        public Builder loraPlusRatio(double value) {
            loraPlusRatio = value;
            return this;
        }

        /** Schedule of the learning rate. */
        public Builder schedule(Schedule value) {
            schedule = value;
            return this;
        }

        /** Steps of warm-up. */
        public Builder warmupSteps(int value) {
            warmupSteps = value;
            return this;
        }

        /** Share of all steps that is warm-up. */
        public Builder warmupRatio(double value) {
            warmupRatio = value;
            return this;
        }

        /** Decoupled weight decay. */
        public Builder weightDecay(double value) {
            weightDecay = value;
            return this;
        }

        /** Decay of the first moment. */
        public Builder beta1(double value) {
            beta1 = value;
            return this;
        }

        /** Decay of the second moment. */
        public Builder beta2(double value) {
            beta2 = value;
            return this;
        }

        /** ε of AdamW. */
        public Builder epsilon(double value) {
            epsilon = value;
            return this;
        }

        /** Norm to which gradients are scaled down. */
        public Builder maxGradientNorm(double value) {
            maxGradientNorm = value;
            return this;
        }

        /** ε of the smoothed loss. */
        public Builder labelSmoothing(double value) {
            labelSmoothing = value;
            return this;
        }

        /** Whether each epoch takes the rows in another order. */
        public Builder shuffle(boolean value) {
            shuffle = value;
            return this;
        }

        /** Seed of order and dropout. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Steps between evaluations. */
        public Builder evaluationSteps(int value) {
            evaluationSteps = value;
            return this;
        }

        /** Steps between checkpoints. */
        public Builder saveSteps(int value) {
            saveSteps = value;
            return this;
        }

        /** Checkpoints that stay. */
        public Builder keepCheckpoints(int value) {
            keepCheckpoints = value;
            return this;
        }

        /** Evaluations without a better loss before the run stops. */
        public Builder patience(int value) {
            patience = value;
            return this;
        }

        /** Whether blocks run again in the backward pass. */
        public Builder recompute(boolean value) {
            recompute = value;
            return this;
        }

        /** Most bytes of hidden states that are kept over the epochs. */
        public Builder prefixCache(long value) {
            prefixCache = value;
            return this;
        }

        /** The configuration, checked. */
        public TrainingConfig build() {
            return new TrainingConfig(
                    epochs,
                    maxSteps,
                    batchSize,
                    gradientAccumulation,
                    microBatchTokens,
                    learningRate,
                    loraPlusRatio,
                    schedule,
                    warmupSteps,
                    warmupRatio,
                    weightDecay,
                    beta1,
                    beta2,
                    epsilon,
                    maxGradientNorm,
                    labelSmoothing,
                    shuffle,
                    seed,
                    evaluationSteps,
                    saveSteps,
                    keepCheckpoints,
                    patience,
                    recompute,
                    prefixCache);
        }
    }
}
