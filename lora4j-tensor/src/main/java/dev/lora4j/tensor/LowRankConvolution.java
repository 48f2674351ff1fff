package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frozen convolution with low-rank adapters beside it (PEFT's LoRA for {@code nn.Conv1d}).
 *
 * <pre>
 * y = x ∗ W + b                    x [tokens, in], W [out, in / groups, width], b [out], y [tokens, out]
 * y += s · (drop(x) ∗ A) Bᵀ        for each pair; A [rank, in · width], B [out, rank]
 * </pre>
 *
 * <p>∗ convolves along each sequence. A reads all channels, also where W has groups: there B is zero between the outputs
 * of one group and the ranks of another. With DoRA's magnitude, where z is x ∗ W, or drop(x) ∗ W under dropout:
 *
 * <pre>u = z + s · (drop(x) ∗ A) Bᵀ,   y = x ∗ W + b − z + m/n ∘ u</pre>
 */
public final class LowRankConvolution {
    private LowRankConvolution() {}

    /**
     * Convolves.
     *
     * @param x [tokens, in]
     * @param weight [out, in / groups, width], the width odd
     * @param bias [out]
     * @param segments of all rows each: sequences with different adapters are to be convolved apart
     * @return [tokens, out]
     */
    public static Tensor apply(
            Tape tape, Tensor x, Tensor weight, Tensor bias, Sequences sequences, List<Segment> segments) {
        Tensor y = SequenceConvolution.apply(tape, x, weight, bias, sequences);
        for (Segment segment : segments) {
            if (segment.start() != 0 || segment.end() != x.size(0)) {
                throw new TensorException("a pair beside a convolution is for rows " + segment.start() + " to "
                        + segment.end() + " of " + x.size(0) + "; expected all of them");
            }
            y = new Beside(x, weight, bias, sequences, segment).addedTo(tape, y);
        }
        return y;
    }

    /** One pair beside the convolution. */
    private record Beside(Tensor x, Tensor weight, Tensor bias, Sequences sequences, Segment segment) {

        Tensor addedTo(Tape tape, Tensor y) {
            LowRank pair = segment.adapter();
            Magnitude magnitude = pair.magnitude();
            Tensor ofB = pair.bias();
            List<Tensor> inputs = new ArrayList<>(List.of(y, x, pair.a(), pair.b()));
            if (ofB != null) {
                inputs.add(ofB);
            }
            if (magnitude != null) {
                inputs.addAll(List.of(magnitude.values(), bias));
            }
            try (Scope scope = Scope.open()) {
                Tensor mask = segment.dropout()
                        .filter(stream -> stream.probability() > 0)
                        .map(stream -> stream.mask(x))
                        .orElse(null);
                return scope.give(Composite.apply(tape, inputs, in -> {
                    Tensor dropped = mask == null ? in.get(1) : in.get(1).times(mask);
                    Tensor change = change(dropped, in.get(2), in.get(3));
                    Tensor shifted = ofB == null ? change : change.plus(in.get(4));
                    Tensor scaled = shifted.times(pair.scaling());
                    int next = ofB == null ? 4 : 5;
                    return magnitude == null
                            ? in.get(0).plus(scaled)
                            : directed(in.get(0), scaled, magnitude.factor(in.get(next)), base(in, mask, dropped));
                }));
            }
        }

        /** (x ∗ A) Bᵀ. */
        private Tensor change(Tensor input, Tensor a, Tensor b) {
            Tensor kernel = a.view(a.size(0), x.size(1), weight.size(2));
            Tensor blocks = segment.adapter().blocks();
            Tensor own = blocks == null ? b : b.times(blocks);
            return SequenceConvolution.convolved(input, kernel, null, sequences).matmul(own.transpose(0, 1));
        }

        /** z: the bias is the last of the inputs. */
        private Tensor base(List<Tensor> in, @Nullable Tensor mask, Tensor dropped) {
            return mask == null
                    ? in.get(0).minus(in.get(in.size() - 1))
                    : SequenceConvolution.convolved(dropped, weight, null, sequences);
        }

        private static Tensor directed(Tensor y, Tensor scaled, Tensor factor, Tensor base) {
            return y.minus(base).plus(base.plus(scaled).times(factor));
        }
    }
}
