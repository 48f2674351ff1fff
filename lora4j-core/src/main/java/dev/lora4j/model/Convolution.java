package dev.lora4j.model;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRankConvolution;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/**
 * A frozen convolution along the tokens of a sequence; knows nothing of any adapter.
 *
 * @param path such as {@code deberta.encoder.conv.conv}
 * @param weight [out, in / groups, width]
 * @param bias [out]
 * @param inChannels in, of all groups
 */
public record Convolution(String path, Tensor weight, Tensor bias, long inChannels) implements AdaptableModule {
    /** [tokens, in] to [tokens, out], within each sequence. */
    Tensor apply(Tape tape, Tensor x, Pass pass) {
        return SequenceGroups.apply(tape, List.of(x), pass, List.of(path), (rows, sequences, row) -> {
            Routing routing = new SequenceGroups.RowRouting(pass.routing(), row, sequences.tokens());
            Tensor own = weight;
            Tensor shift = bias;
            for (Replacement each : routing.replacements(path)) {
                own = each.weight() == null ? own : each.weight();
                shift = each.bias() == null ? shift : each.bias();
            }
            return LowRankConvolution.apply(tape, rows.get(0), own, shift, sequences, routing.segments(path));
        });
    }

    /** Number of parts of the channels that do not see each other. */
    public int groups() {
        return (int) (inChannels / weight.size(1));
    }

    /** Tokens that an output reads. */
    public long width() {
        return weight.size(2);
    }

    /** The kernel that computes the same in one group, [out, in, width]: zero where a group does not look. */
    public Tensor ungrouped() {
        if (groups() == 1) {
            return weight;
        }
        long outputs = weight.size(0) / groups();
        try (Scope scope = Scope.open()) {
            Tensor whole =
                    Tensor.zeros(DType.F32, weight.size(0), inChannels, width()).to(weight.device());
            for (int group = 0; group < groups(); group++) {
                whole.rows(group * outputs, (group + 1) * outputs)
                        .narrow(1, group * weight.size(1), weight.size(1))
                        .copyFrom(weight.rows(group * outputs, (group + 1) * outputs));
            }
            return scope.give(whole);
        }
    }

    /** The same convolution with the values that a change says, in other groups where the kernel has them. */
    Convolution map(ModuleChange change) {
        ModuleChange.Values values = change.apply(this);
        return new Convolution(path, values.weightOr(weight), Objects.requireNonNull(values.bias()), inChannels);
    }
}
