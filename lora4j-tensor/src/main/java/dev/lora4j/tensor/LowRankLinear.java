package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frozen linear layer with low-rank adapters beside it (LoRA, arXiv 2106.09685, section 4.1).
 *
 * <pre>
 * y      = x Wᵀ + b                     x [rows, in], W [out, in], b [out], y [rows, out]
 * y[seg] += s · (drop(x[seg]) Aᵀ) Bᵀ    for each segment; A [rank, in], B [out, rank]
 *
 * dB = s · dyᵀ (x Aᵀ),  dA = s · (dy B)ᵀ x,  dx = dy W + s · (dy B) A
 * </pre>
 *
 * <p>BA is never formed. dW and db are computed only if the tape watches W and b. With DoRA's magnitude (arXiv
 * 2402.09353), where z is x Wᵀ, or drop(x) Wᵀ under dropout:
 *
 * <pre>
 * u = z + s · (drop(x) Aᵀ) Bᵀ,   y[seg] = x Wᵀ + b − z + m/n ∘ u
 * du = m/n ∘ dy,  dm = Σ dy ∘ u / n,  dz = du − dy
 * </pre>
 */
public final class LowRankLinear {
    private LowRankLinear() {}

    /**
     * Applies the layer.
     *
     * @param x [rows, in]
     * @param weight [out, in]
     * @param bias [out], or null for none
     * @param segments runs of rows with an adapter at this layer; rows of no segment get the base alone
     * @return y [rows, out]
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor weight, @Nullable Tensor bias, List<Segment> segments) {
        return apply(tape, x, FrozenMatrix.of(weight), bias, segments);
    }

    /** The same with a weight however it is kept. */
    public static Tensor apply(
            Tape tape, Tensor x, FrozenMatrix weight, @Nullable Tensor bias, List<Segment> segments) {
        requireInput(x, weight);
        try (Scope scope = Scope.open()) {
            Tensor y = tape.generates() ? weight.quickProduct(x, bias) : weight.product(x, bias);
            List<SegmentPass> passes = new ArrayList<>();
            for (Segment segment : segments) {
                passes.add(SegmentPass.forward(x, y, weight, bias, segment));
            }
            if (matters(tape, x, weight, bias, passes)) {
                tape.record(y, dy -> backward(tape, dy, x, weight, bias, passes), saved(tape, x, weight, passes));
            }
            return scope.give(y);
        }
    }

    /**
     * Adds what the segments put beside a layer, where its own output is there already; nothing is recorded.
     *
     * @param x [rows, in]
     * @param y x Wᵀ + b, [rows, out], changed in place
     */
    public static void addSegments(
            Tensor x, Tensor y, FrozenMatrix weight, @Nullable Tensor bias, List<Segment> segments) {
        try (Scope scope = Scope.open()) {
            for (Segment segment : segments) {
                SegmentPass.forward(x, y, weight, bias, segment);
            }
        }
    }

    private static void requireInput(Tensor x, FrozenMatrix weight) {
        if (x.rank() != 2 || x.size(1) != weight.inFeatures()) {
            throw new TensorException("input is " + x + " and the weight is [" + weight.outFeatures() + ", "
                    + weight.inFeatures() + "]; expected input [rows, in] and weight [out, in] with the same in");
        }
    }

    private static boolean matters(
            Tape tape, Tensor x, FrozenMatrix weight, @Nullable Tensor bias, List<SegmentPass> passes) {
        return tape.tracks(x)
                || tape.tracks(weight.trainable())
                || tape.tracks(bias)
                || passes.stream().anyMatch(pass -> pass.matters(tape));
    }

    /** x itself only where W is trained: what a segment needs of it, the segment keeps. */
    private static Tensor[] saved(Tape tape, Tensor x, FrozenMatrix weight, List<SegmentPass> passes) {
        List<Tensor> saved = new ArrayList<>(weight.tensors());
        passes.forEach(pass -> saved.addAll(pass.saved()));
        if (tape.tracks(weight.trainable())) {
            saved.add(x);
        }
        return saved.toArray(Tensor[]::new);
    }

    private static void backward(
            Tape tape, Tensor dy, Tensor x, FrozenMatrix weight, @Nullable Tensor bias, List<SegmentPass> passes) {
        Tensor dBase = baseGradient(dy, passes);
        tape.addProduct(x, dBase, weight);
        for (SegmentPass pass : passes) {
            pass.backward(tape, dy, x, weight);
        }
        Tensor trained = weight.trainable();
        if (trained != null && tape.tracks(trained)) {
            tape.addProduct(trained, dBase.at().t(), x.at());
        }
        if (bias != null && tape.tracks(bias)) {
            tape.add(bias, new Tensor(dy.at().sum(0)));
        }
    }

    /** The gradient of x Wᵀ [rows, out]: dy, scaled in the rows of segments with a magnitude. */
    private static Tensor baseGradient(Tensor dy, List<SegmentPass> passes) {
        if (passes.stream().noneMatch(SegmentPass::scalesBase)) {
            return dy;
        }
        Tensor dBase = dy.copy();
        for (SegmentPass pass : passes) {
            if (pass.scalesBase()) {
                dBase.rows(pass.segment().start(), pass.segment().end()).copyFrom(pass.directionGradient(dy));
            }
        }
        return dBase;
    }
}
