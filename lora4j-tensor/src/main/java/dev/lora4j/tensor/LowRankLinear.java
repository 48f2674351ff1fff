package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;
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
 * <p>BA is never formed. dW and db are computed only if the tape watches W and b.
 */
public final class LowRankLinear {
    private LowRankLinear() {}

    /** What a segment's forward pass leaves for its backward pass; {@code input} is after dropout. */
    private record Kept(
            Segment segment,
            Tensor input,
            Tensor projected,
            @Nullable Tensor mask) {}

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
        requireInput(x, weight);
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor transposed = weight.at().t();
            Tensor y = new Tensor(
                    bias == null ? torch.mm(x.at(), transposed) : torch.addmm(bias.at(), x.at(), transposed));
            List<Kept> kept = new ArrayList<>();
            for (Segment segment : segments) {
                kept.add(addSegment(x, y, segment));
            }
            if (matters(tape, x, weight, bias, segments)) {
                tape.record(y, dy -> backward(tape, dy, x, weight, bias, kept), saved(x, weight, kept));
            }
            return scope.give(y);
        }
    }

    private static void requireInput(Tensor x, Tensor weight) {
        if (x.rank() != 2 || weight.rank() != 2 || x.size(1) != weight.size(1)) {
            throw new TensorException("input is " + x + " and the weight is " + weight
                    + "; expected input [rows, in] and weight [out, in] with the same in");
        }
    }

    private static boolean matters(Tape tape, Tensor x, Tensor weight, @Nullable Tensor bias, List<Segment> segments) {
        return tape.tracks(x)
                || tape.tracks(weight)
                || tape.tracks(bias)
                || segments.stream()
                        .anyMatch(s -> tape.tracks(s.adapter().a())
                                || tape.tracks(s.adapter().b()));
    }

    private static Kept addSegment(Tensor x, Tensor y, Segment segment) {
        LowRank adapter = segment.adapter();
        Tensor input = x.rows(segment.start(), segment.end());
        Tensor mask = null;
        if (segment.dropout().isPresent() && segment.dropout().get().probability() > 0) {
            mask = segment.dropout().get().mask(input);
            input = input.times(mask);
        }
        Tensor projected = new Tensor(torch.mm(input.at(), adapter.a().at().t())); // [segment, rank]
        y.rows(segment.start(), segment.end())
                .addProductInPlace(projected, adapter.b().transpose(0, 1), adapter.scaling());
        return new Kept(segment, input, projected, mask);
    }

    private static Tensor[] saved(Tensor x, Tensor weight, List<Kept> kept) {
        List<Tensor> saved = new ArrayList<>(List.of(x, weight));
        for (Kept each : kept) {
            saved.add(each.segment().adapter().a());
            saved.add(each.segment().adapter().b());
            saved.add(each.input());
            saved.add(each.projected());
            if (each.mask() != null) {
                saved.add(each.mask());
            }
        }
        return saved.toArray(Tensor[]::new);
    }

    private static void backward(
            Tape tape, Tensor dy, Tensor x, Tensor weight, @Nullable Tensor bias, List<Kept> kept) {
        tape.addProduct(x, dy.at(), weight.at());
        for (Kept each : kept) {
            backwardSegment(tape, dy, x, each);
        }
        if (tape.tracks(weight)) {
            tape.addProduct(weight, dy.at().t(), x.at());
        }
        if (bias != null && tape.tracks(bias)) {
            tape.add(bias, new Tensor(dy.at().sum(0)));
        }
    }

    private static void backwardSegment(Tape tape, Tensor dy, Tensor x, Kept kept) {
        Segment segment = kept.segment();
        LowRank adapter = segment.adapter();
        org.bytedeco.pytorch.Tensor dySegment =
                dy.rows(segment.start(), segment.end()).at();
        Scalar scaling = new Scalar(adapter.scaling());
        if (tape.tracks(adapter.b())) {
            tape.addProduct(adapter.b(), dySegment.t(), kept.projected().at().mul(scaling));
        }
        if (!tape.tracks(adapter.a()) && !tape.tracks(x)) {
            return;
        }
        org.bytedeco.pytorch.Tensor dProjected =
                torch.mm(dySegment, adapter.b().at()).mul_(scaling); // [segment, rank]
        tape.addProduct(adapter.a(), dProjected.t(), kept.input().at());
        if (tape.tracks(x)) {
            Tensor dx = tape.buffer(x, x.shape(), dy).rows(segment.start(), segment.end());
            if (kept.mask() == null) {
                dx.at().addmm_(dProjected, adapter.a().at());
            } else {
                dx.addTimesInPlace(new Tensor(torch.mm(dProjected, adapter.a().at())), kept.mask(), 1);
            }
        }
    }
}
