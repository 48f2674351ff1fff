package dev.lora4j.cli;

import dev.lora4j.training.Schedule;
import dev.lora4j.training.TrainingConfig;
import picocli.CommandLine.Option;

/** Every field of {@link TrainingConfig} as an option; what is not given keeps its default there. */
final class TrainingOptions {
    private final TrainingConfig.Builder builder = TrainingConfig.builder();

    /** The configuration, checked. */
    TrainingConfig config() {
        return builder.build();
    }

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the rows (1).")
    void epochs(int value) {
        builder.epochs(value);
    }

    @Option(names = "--max-steps", paramLabel = "N", description = "Optimizer steps instead of epochs.")
    void maxSteps(int value) {
        builder.maxSteps(value);
    }

    @Option(names = "--batch-size", paramLabel = "N", description = "Rows per batch (8).")
    void batchSize(int value) {
        builder.batchSize(value);
    }

    @Option(names = "--gradient-accumulation", paramLabel = "N", description = "Batches per optimizer step (1).")
    void gradientAccumulation(int value) {
        builder.gradientAccumulation(value);
    }

    @Option(
            names = "--micro-batch-tokens",
            paramLabel = "N",
            description = "Most tokens through the model at once; bounds memory (512).")
    void microBatchTokens(int value) {
        builder.microBatchTokens(value);
    }

    @Option(
            names = {"--lr", "--learning-rate"},
            paramLabel = "X",
            description = "Learning rate at its peak (2e-4).")
    void learningRate(double value) {
        builder.learningRate(value);
    }

    @Option(names = "--schedule", paramLabel = "NAME", description = "${COMPLETION-CANDIDATES} (linear).")
    void schedule(Schedule value) {
        builder.schedule(value);
    }

    @Option(names = "--warmup-steps", paramLabel = "N", description = "Steps of linear warm-up.")
    void warmupSteps(int value) {
        builder.warmupSteps(value);
    }

    @Option(names = "--warmup-ratio", paramLabel = "X", description = "Share of all steps that is warm-up (0.03).")
    void warmupRatio(double value) {
        builder.warmupRatio(value);
    }

    @Option(names = "--weight-decay", paramLabel = "X", description = "Decoupled weight decay (0.01).")
    void weightDecay(double value) {
        builder.weightDecay(value);
    }

    @Option(names = "--beta1", paramLabel = "X", description = "Decay of AdamW's first moment (0.9).")
    void beta1(double value) {
        builder.beta1(value);
    }

    @Option(names = "--beta2", paramLabel = "X", description = "Decay of AdamW's second moment (0.999).")
    void beta2(double value) {
        builder.beta2(value);
    }

    @Option(names = "--epsilon", paramLabel = "X", description = "Epsilon of AdamW (1e-8).")
    void epsilon(double value) {
        builder.epsilon(value);
    }

    @Option(
            names = "--max-gradient-norm",
            paramLabel = "X",
            description = "Gradients are scaled down to this norm; 0 for no limit (1).")
    void maxGradientNorm(double value) {
        builder.maxGradientNorm(value);
    }

    @Option(names = "--lora-plus-ratio", paramLabel = "X", description = "Learning rate of B over that of A (1).")
    void loraPlusRatio(double value) {
        builder.loraPlusRatio(value);
    }

    @Option(names = "--label-smoothing", paramLabel = "X", description = "Epsilon of the smoothed loss (0).")
    void labelSmoothing(double value) {
        builder.labelSmoothing(value);
    }

    @Option(
            names = "--shuffle",
            negatable = true,
            fallbackValue = "true",
            description = "Take the rows in another order in each epoch (yes).")
    void shuffle(boolean value) {
        builder.shuffle(value);
    }

    @Option(names = "--seed", paramLabel = "N", description = "Of A, the order of rows, dropout and the split (42).")
    void seed(long value) {
        builder.seed(value);
    }

    @Option(
            names = "--evaluation-steps",
            paramLabel = "N",
            description = "Steps between evaluations; 0 for once per epoch (0).")
    void evaluationSteps(int value) {
        builder.evaluationSteps(value);
    }

    @Option(
            names = "--save-steps",
            paramLabel = "N",
            description = "Steps between checkpoints; 0 for once per epoch (0).")
    void saveSteps(int value) {
        builder.saveSteps(value);
    }

    @Option(names = "--keep-checkpoints", paramLabel = "N", description = "Checkpoints that stay besides the best (2).")
    void keepCheckpoints(int value) {
        builder.keepCheckpoints(value);
    }

    @Option(
            names = "--patience",
            paramLabel = "N",
            description = "Evaluations without a better loss before the run stops; 0 to never stop (0).")
    void patience(int value) {
        builder.patience(value);
    }

    @Option(
            names = "--recompute",
            negatable = true,
            fallbackValue = "true",
            description = "Compute blocks again in the backward pass: less memory, more time.")
    void recompute(boolean value) {
        builder.recompute(value);
    }

    @Option(
            names = "--prefix-cache",
            paramLabel = "SIZE",
            converter = ByteSize.class,
            description =
                    "Most bytes of hidden states below the first adapted layer that are kept over the epochs; 0 for none"
                            + " (1GB).")
    void prefixCache(long value) {
        builder.prefixCache(value);
    }
}
