package dev.lora4j.plan;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Linear;
import java.util.List;

/**
 * Memory of a training process at its fullest, in bytes.
 *
 * <pre>total = process + file + weights + trained + optimizer + max(forward, backward)
 * forward  = activations + max(logits, working)      where the loss is computed, or the last block goes back
 * backward = gradients + one more of the largest     where the optimizer steps
 * </pre>
 *
 * @param process of the JVM with libtorch loaded, whatever it trains
 * @param file pages of a file whose values are decoded, which stay mapped
 * @param weights of the base
 * @param trained values of an adapter beside the base; none where the base itself is trained
 * @param gradients of the trained values
 * @param optimizer its values for each trained one
 * @param activations what the tape keeps, and the last hidden states
 * @param logits the chunk of logits that is alive at a time
 * @param working gradients of activations while the last block goes back, and what it recomputes
 * @param holes freed memory between kept tensors, which glibc neither uses again nor gives back
 * @param step what the optimizer and the norm of the gradients need beside them
 * @param exact whether every operation is counted; in other families some are estimated
 */
public record MemoryPlan(
        long process,
        long file,
        long weights,
        long trained,
        long gradients,
        long optimizer,
        long activations,
        long logits,
        long working,
        long holes,
        long step,
        boolean exact) {
    /**
     * Resident memory of a process that trains next to nothing: JVM, libtorch, MKL and their code.
     *
     * <p>Measured on Linux x86-64, JDK 17, two threads; docs/commands/plan.md says how.
     */
    public static final long PROCESS = 270_000_000;

    /**
     * Holes for each byte that is kept, measured.
     *
     * <p>0.57 to 0.91 for decoders and encoders, kept or recomputed; none with {@code MALLOC_MMAP_THRESHOLD_=65536}.
     */
    private static final double HOLES = 0.7;

    /** Logits alive at a time, as {@link dev.lora4j.tensor.VocabularyLoss} has them. */
    private static final long LOGITS = 1L << 24;

    static MemoryPlan of(ModelShape shape, PlanSettings settings, TrainedValues trained, BaseBytes base) {
        PlanSettings.Batch batch = settings.batch();
        KeptValues.Kept kept = new KeptValues(shape, Tracking.of(settings, trained), batch).count();
        long tokens = batch.tokensAtOnce();
        long labels = shape.hasVocabularyHead() ? tokens - batch.rowsAtOnce() : 0;
        long states = shape.hidden() * (tokens + 2 * labels); // the last states, those with a label, their gradient
        long working = working(shape, tokens) + (batch.recompute() ? kept.largestBlock() : 0);
        // with recomputation what each block keeps comes and goes too
        long scattered = kept.values() + states + (batch.recompute() ? working : 0);
        boolean full = settings.method().full();
        long largest = full ? largest(shape) : 0;
        return new MemoryPlan(
                PROCESS,
                base.file(),
                base.weights(),
                full ? 0 : floats(trained.trained()),
                floats(trained.trained()),
                floats(settings.optimizer().moments() * trained.trained()),
                floats(kept.values() + states),
                floats(logits(shape, labels, full)),
                floats(working),
                Math.round(HOLES * floats(scattered)),
                floats(largest),
                shape.isExact() && !shape.windowBinds(batch.length()));
    }

    private static long logits(ModelShape shape, long labels, boolean full) {
        if (!shape.hasVocabularyHead()) {
            return 0;
        }
        long vocabulary = shape.model().vocabularySize();
        long rows = Math.min(labels, Math.max(1, LOGITS / vocabulary));
        boolean capped = shape.model().logitSoftcap() > 0;
        long chunk = rows * vocabulary * (capped ? 4 : 1) + rows * shape.hidden();
        // each chunk has a gradient of the output layer's weight, which is added to that of the chunks before
        long weight = vocabulary * shape.hidden();
        return chunk + (full ? weight * (labels > rows ? 3 : 1) : 0);
    }

    /** Gradients of the widest part of a block at once, and of three hidden states. */
    private static long working(ModelShape shape, long tokens) {
        BlockParts parts = BlockParts.of(shape.blocks().get(shape.blocks().size() - 1));
        long wide = parts.narrow().isEmpty()
                ? 4 * shape.hidden()
                : parts.wideOutputs() > parts.intermediate() ? 4 * parts.intermediate() : 2 * parts.intermediate();
        long attention = 2 * (parts.attended() + parts.given());
        return tokens * (Math.max(wide, attention) + 3 * shape.hidden());
    }

    private static long largest(ModelShape shape) {
        List<AdaptableModule> matrices = shape.matrices();
        return matrices.stream()
                .mapToLong(module -> module instanceof Linear linear
                        ? linear.outFeatures() * linear.inFeatures()
                        : module.shape()[0] * module.shape()[1])
                .max()
                .orElse(0);
    }

    private static long floats(long values) {
        return Math.multiplyExact(values, (long) Float.BYTES);
    }

    /** Bytes at the fullest moment. */
    public long total() {
        long forward = activations + Math.max(logits, working);
        return process + file + weights + trained + optimizer + holes + Math.max(forward + carried(), gradients + step);
    }

    /** Gradients that are there while activations are: of an adapter; a full model's come as activations go. */
    private long carried() {
        return trained > 0 ? gradients : 0;
    }

    /** The same with the process measured. */
    public MemoryPlan withProcess(long bytes) {
        return new MemoryPlan(
                bytes, file, weights, trained, gradients, optimizer, activations, logits, working, holes, step, exact);
    }
}
