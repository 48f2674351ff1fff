package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Convolution along each sequence of a flat batch, with zeros before its first and after its last token. */
public final class SequenceConvolution {
    private SequenceConvolution() {}

    /**
     * Convolves.
     *
     * @param x [tokens, in]
     * @param weight [out, in / groups, width], the width odd
     * @param bias [out]
     * @return [tokens, out]
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor weight, Tensor bias, Sequences sequences) {
        return Composite.apply(
                tape,
                List.of(x, weight, bias),
                inputs -> convolved(inputs.get(0), inputs.get(1), inputs.get(2), sequences));
    }

    /** The same in libtorch's own operations, for a function of {@link Composite}. */
    static Tensor convolved(Tensor x, Tensor weight, @Nullable Tensor bias, Sequences sequences) {
        long width = weight.size(2);
        long groups = x.size(1) / weight.size(1);
        TensorOptional shift = bias == null ? new TensorOptional() : new TensorOptional(bias.at());
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < sequences.count(); i++) {
            int start = sequences.offset(i);
            Tensor rows = x.rows(start, start + sequences.length(i));
            org.bytedeco.pytorch.Tensor channels =
                    rows.transpose(0, 1).contiguous().at().unsqueeze(0); // [1, in, length]
            Tensor convolved = new Tensor(torch.conv1d(
                    channels,
                    weight.at(),
                    shift,
                    new long[] {1},
                    new long[] {(width - 1) / 2},
                    new long[] {1},
                    groups));
            parts.add(convolved.view(weight.size(0), sequences.length(i)).transpose(0, 1));
        }
        return Tensor.concatenate(parts.toArray(Tensor[]::new));
    }
}
