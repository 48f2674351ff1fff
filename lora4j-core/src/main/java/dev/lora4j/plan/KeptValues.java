package dev.lora4j.plan;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.Linear;
import dev.lora4j.model.Norm;
import java.util.ArrayList;
import java.util.List;

/**
 * The float32 values that a tape keeps of one pass, operation by operation, as the operations record them.
 *
 * <pre>
 * RmsNorm     its input and 1 a token        LayerNorm   its input and 2 a token
 * attention   q, k, v, its output and 1 a head and token (the flash kernel's)
 * GatedUnit   gate and up                    Activation  its input
 * linear      of an adapted layer its input and x Aᵀ; with dropout a masked input and the mask for each layer
 * Rotary      the cosines and sines, once for all layers
 * </pre>
 *
 * <p>Nothing is kept below the first trained layer.
 */
final class KeptValues {
    /** Query heads times length of a row for each autograd result that attention outside the flash kernel keeps. */
    private static final long SCORES = 4;

    private final ModelShape shape;
    private final Tracking tracking;
    private final PlanSettings.Batch batch;

    KeptValues(ModelShape shape, Tracking tracking, PlanSettings.Batch batch) {
        this.shape = shape;
        this.tracking = tracking;
        this.batch = batch;
    }

    /**
     * What is kept.
     *
     * @param values of all operations
     * @param largestBlock values of the block that keeps most
     * @param tracked blocks that keep something
     */
    record Kept(long values, long largestBlock, int tracked) {}

    Kept count() {
        long tokens = batch.tokensAtOnce();
        boolean input = tracking.changesAny(before());
        long values = (input ? normOfEmbeddings() : 0) + ids() * tokens;
        long largest = 0;
        int tracked = 0;
        for (List<AdaptableModule> modules : shape.blocks()) {
            long block = block(modules, input) * tokens;
            boolean changed = input || tracking.changesAny(modules);
            values += batch.recompute() ? (changed ? shape.hidden() * tokens : 0) : block;
            largest = Math.max(largest, block);
            tracked += changed ? 1 : 0;
            input = changed;
        }
        if (input && tracked > 0) {
            values += tokens * (lastNorm() + rotary());
            values += masks(batch.recompute() ? 1 : tracked);
        }
        return new Kept(values, largest, tracked);
    }

    private List<AdaptableModule> before() {
        return shape.around().stream()
                .filter(module ->
                        module.path().contains("embed") || module.path().matches("(.*\\.)?(wte|wpe)"))
                .toList();
    }

    /** int64 ids of the rows that trained tables gave. */
    private long ids() {
        return 2
                * before().stream()
                        .filter(module -> module instanceof EmbeddingTable && tracking.changes(module))
                        .count();
    }

    private long normOfEmbeddings() {
        return shape.isEncoder() ? batch.tokensAtOnce() * (shape.hidden() + 2) : 0;
    }

    private long lastNorm() {
        return shape.isEncoder() ? 0 : shape.hidden() + (shape.isGpt2() ? 2 : 1);
    }

    private long rotary() {
        if (!shape.isDecoder()) {
            return 0;
        }
        long headDim = BlockParts.of(shape.blocks().get(0)).given() / shape.heads();
        return shape.type().equals("gemma3_text") ? 2 * headDim : headDim;
    }

    /** At most: layers without a window have none. */
    private long masks(int blocks) {
        long length = batch.length();
        return shape.windowBinds(length) ? blocks * length * length : 0;
    }

    /** Values a token of a block. */
    private long block(List<AdaptableModule> modules, boolean input) {
        BlockParts parts = BlockParts.of(modules);
        return shape.isEncoder() ? postNorm(parts, input) : preNorm(parts, modules, input);
    }

    /** h = x + [norm] attention(norm(x)), y = h + [norm] feedForward(norm(h)). */
    private long preNorm(BlockParts parts, List<AdaptableModule> modules, boolean input) {
        List<Norm> norms = new ArrayList<>(parts.norms());
        boolean sandwich = norms.size() == 4;
        Walk walk = new Walk(input);
        boolean x = walk.norm(norms.get(0)) || input;
        walk.add(tracking.inputs(parts.inputs(), false));
        attention(parts, walk);
        walk.add(tracking.inputs(parts.output(), walk.tracked && shape.isExact()));
        walk.track(tracking.changesAny(parts.output()));
        if (sandwich) {
            walk.norm(norms.get(1));
        }
        walk.track(x);
        walk.norm(norms.get(sandwich ? 2 : 1));
        walk.add(tracking.inputs(parts.wide(), false));
        walk.track(tracking.changesAny(modules.stream()
                .filter(module -> !(module instanceof Linear) && !(module instanceof Norm))
                .toList()));
        feedForward(parts, walk);
        if (sandwich) {
            walk.norm(norms.get(3));
        }
        return walk.values;
    }

    /** h = norm(x + attention(x)), y = norm(h + feedForward(h)). */
    private long postNorm(BlockParts parts, boolean input) {
        Walk walk = new Walk(input);
        walk.add(tracking.inputs(parts.inputs(), false));
        attention(parts, walk);
        walk.add(tracking.inputs(parts.output(), walk.tracked && shape.isExact()));
        walk.track(tracking.changesAny(parts.output()));
        walk.norm(parts.norms().get(0));
        walk.add(tracking.inputs(parts.wide(), false));
        feedForward(parts, walk);
        walk.norm(parts.norms().get(1));
        return walk.values;
    }

    private void attention(BlockParts parts, Walk walk) {
        for (Norm norm : parts.headNorms()) {
            Linear projected = parts.inputs().get(norm.path().endsWith("q_norm") ? 0 : 1);
            if (tracking.keeps(norm, walk.tracked || tracking.changes(projected))) {
                long width = norm.weight().size(0);
                walk.add(projected.outFeatures() + projected.outFeatures() / width);
            }
        }
        walk.track(tracking.changesAny(parts.inputs()) || tracking.changesAny(parts.headNorms()));
        if (walk.tracked) {
            long scores = shape.isExact() ? 1 : SCORES * batch.length();
            walk.add(parts.attended() + parts.given() + shape.heads() * scores);
        }
    }

    private void feedForward(BlockParts parts, Walk walk) {
        walk.track(tracking.changesAny(parts.wide()));
        if (walk.tracked) {
            walk.add(parts.narrow().isEmpty() ? experts() : parts.wideOutputs());
        }
        walk.add(tracking.inputs(parts.narrow(), false));
        walk.track(tracking.changesAny(parts.narrow()));
    }

    /** Each token's own experts: what goes in, gate above up, what goes between, what comes out twice. */
    private long experts() {
        long chosen =
                Math.max(1, shape.model().config().path("num_experts_per_tok").asLong(2));
        long intermediate = shape.model().config().path("intermediate_size").asLong();
        return chosen * (3 * intermediate + 3 * shape.hidden());
    }

    /** Adds up what is kept on the way through a block, and knows whether anything below was trained. */
    private final class Walk {
        private boolean tracked;
        private long values;

        Walk(boolean tracked) {
            this.tracked = tracked;
        }

        void add(long more) {
            values += more;
        }

        void track(boolean changed) {
            tracked |= changed;
        }

        boolean norm(Norm norm) {
            tracked = tracking.keeps(norm, tracked);
            if (tracked) {
                add(norm.weight().size(0) + (norm.bias() == null ? 1 : 2));
            }
            return tracked;
        }
    }
}
