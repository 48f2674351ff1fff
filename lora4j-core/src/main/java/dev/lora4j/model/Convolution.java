package dev.lora4j.model;

import dev.lora4j.tensor.SequenceConvolution;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/**
 * A frozen convolution along the tokens of a sequence; an adapter can train it whole, or its bias.
 *
 * @param path such as {@code deberta.encoder.conv.conv}
 * @param weight [out, in / groups, width]
 * @param bias [out]
 */
public record Convolution(String path, Tensor weight, Tensor bias) implements AdaptableModule {
    /** [tokens, in] to [tokens, out], within each sequence. */
    Tensor apply(Tape tape, Tensor x, Pass pass) {
        return SequenceGroups.apply(tape, List.of(x), pass, List.of(path), (rows, sequences, row) -> {
            Tensor own = weight;
            Tensor shift = bias;
            for (Replacement each : pass.routing().replacements(path)) {
                if (each.start() <= row && row < each.end()) {
                    own = each.weight() == null ? own : each.weight();
                    shift = each.bias() == null ? shift : each.bias();
                }
            }
            return SequenceConvolution.apply(tape, rows.get(0), own, shift, sequences);
        });
    }

    /** The same convolution with the values that a change says. */
    Convolution map(ModuleChange change) {
        ModuleChange.Values values = change.apply(this);
        return new Convolution(path, values.weightOr(weight), Objects.requireNonNull(values.bias()));
    }
}
