package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * One segment's way through {@link LowRankLinear}: what its forward pass leaves for its backward pass.
 *
 * @param input of A, after dropout, [rows, in]
 * @param projected input Aᵀ, [rows, rank]
 * @param mask of the dropout, or null
 * @param direction u = z + s · projected Bᵀ [rows, out], kept for DoRA's magnitude, or null
 */
record SegmentPass(
        Segment segment,
        Tensor input,
        Tensor projected,
        @Nullable Tensor mask,
        @Nullable Tensor direction) {

    /** Adds the segment's part to its rows of y, which hold x Wᵀ + b. */
    static SegmentPass forward(Tensor x, Tensor y, FrozenMatrix weight, @Nullable Tensor bias, Segment segment) {
        LowRank pair = segment.adapter();
        Tensor input = x.rows(segment.start(), segment.end());
        Tensor mask = null;
        if (segment.dropout().isPresent() && segment.dropout().get().probability() > 0) {
            mask = segment.dropout().get().mask(input);
            input = input.times(mask);
        }
        Tensor projected = new Tensor(torch.mm(input.at(), pair.a().at().t()));
        Tensor rows = y.rows(segment.start(), segment.end());
        Tensor direction = null;
        if (pair.magnitude() == null) {
            addPair(rows, projected, pair);
        } else {
            direction = mask == null ? withoutBias(rows, bias) : weight.product(input, null);
            rows.addInPlace(direction, -1);
            addPair(direction, projected, pair);
            rows.addTimesInPlace(direction, pair.magnitude().factor(), 1);
        }
        return new SegmentPass(segment, input, projected, mask, direction);
    }

    private static Tensor withoutBias(Tensor rows, @Nullable Tensor bias) {
        return bias == null ? rows.copy() : rows.minus(bias);
    }

    private static void addPair(Tensor rows, Tensor projected, LowRank pair) {
        rows.addProductInPlace(projected, pair.b().transpose(0, 1), pair.scaling());
        if (pair.bias() != null) {
            rows.addInPlace(pair.bias(), pair.scaling());
        }
    }

    boolean matters(Tape tape) {
        return tensors().stream().anyMatch(tape::tracks);
    }

    private List<Tensor> tensors() {
        LowRank pair = segment.adapter();
        List<Tensor> tensors = new ArrayList<>(List.of(pair.a(), pair.b()));
        if (pair.bias() != null) {
            tensors.add(pair.bias());
        }
        if (pair.magnitude() != null) {
            tensors.add(pair.magnitude().values());
            tensors.add(pair.magnitude().norms());
        }
        if (pair.blocks() != null) {
            tensors.add(pair.blocks());
        }
        return tensors;
    }

    /** What the backward pass reads. */
    List<Tensor> saved() {
        List<Tensor> saved = tensors();
        saved.add(input);
        saved.add(projected);
        if (mask != null) {
            saved.add(mask);
        }
        if (direction != null) {
            saved.add(direction);
        }
        return saved;
    }

    /** True if the segment's own rows of x Wᵀ got their gradient by way of the direction alone. */
    boolean scalesBase() {
        return direction != null && mask == null;
    }

    /** The gradient of the direction [rows, out]: dy itself, or with DoRA m / n ∘ dy. */
    Tensor directionGradient(Tensor dy) {
        Tensor rows = dy.rows(segment.start(), segment.end());
        Magnitude magnitude = segment.adapter().magnitude();
        return magnitude == null ? rows : rows.times(magnitude.factor());
    }

    /** Adds the gradients of the pair and, unless it has them already, of x. */
    void backward(Tape tape, Tensor dy, Tensor x, FrozenMatrix weight) {
        LowRank pair = segment.adapter();
        Tensor du = directionGradient(dy);
        Scalar scaling = new Scalar(pair.scaling());
        if (tape.tracks(pair.b())) {
            addB(tape, du, scaling);
        }
        if (pair.bias() != null && tape.tracks(pair.bias())) {
            tape.add(pair.bias(), new Tensor(du.at().sum(0).mul_(scaling)));
        }
        addMagnitude(tape, dy);
        if (!tape.tracks(pair.a()) && !tape.tracks(x)) {
            return;
        }
        org.bytedeco.pytorch.Tensor dProjected =
                torch.mm(du.at(), pair.b().at()).mul_(scaling); // [rows, rank]
        tape.addProduct(pair.a(), dProjected.t(), input.at());
        if (tape.tracks(x)) {
            Tensor dx = tape.buffer(x, new long[] {dy.size(0), weight.inFeatures()}, dy)
                    .rows(segment.start(), segment.end());
            addInput(dx, dProjected, dy, du, weight);
        }
    }

    private void addB(Tape tape, Tensor du, Scalar scaling) {
        LowRank pair = segment.adapter();
        org.bytedeco.pytorch.Tensor scaled = projected.at().mul(scaling);
        if (pair.blocks() == null) {
            tape.addProduct(pair.b(), du.at().t(), scaled);
        } else {
            Tensor dB = new Tensor(torch.mm(du.at().t(), scaled));
            tape.add(pair.b(), dB.timesInPlace(pair.blocks()));
        }
    }

    private void addMagnitude(Tape tape, Tensor dy) {
        Magnitude magnitude = segment.adapter().magnitude();
        if (magnitude != null && direction != null) {
            magnitude.addGradient(tape, dy.rows(segment.start(), segment.end()), direction);
        }
    }

    private void addInput(
            Tensor dx, org.bytedeco.pytorch.Tensor dProjected, Tensor dy, Tensor du, FrozenMatrix weight) {
        Tensor a = segment.adapter().a();
        if (mask == null) {
            dx.at().addmm_(dProjected, a.at());
            return;
        }
        Tensor dInput = new Tensor(torch.mm(dProjected, a.at()));
        if (direction != null) {
            Tensor dBase = du.minus(dy.rows(segment.start(), segment.end()));
            weight.addGradient(dInput, dBase);
        }
        dx.addTimesInPlace(dInput, mask, 1);
    }
}
