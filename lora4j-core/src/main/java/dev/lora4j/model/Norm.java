package dev.lora4j.model;

import dev.lora4j.tensor.Composite;
import dev.lora4j.tensor.LayerNorm;
import dev.lora4j.tensor.RmsNorm;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frozen norm over the last dimension: a layer norm if it has a bias, else a root-mean-square norm.
 *
 * @param path such as {@code model.layers.0.input_layernorm}
 * @param weight [hidden] as it is stored
 * @param bias [hidden], or null
 * @param unitOffset whether the scales are 1 + weight, as in the gemma family
 */
public record Norm(String path, Tensor weight, @Nullable Tensor bias, double epsilon, boolean unitOffset)
        implements AdaptableModule {

    /** A layer norm under the same name in the files. */
    static Norm layer(Weights weights, String path, String name, long width, double epsilon) {
        // checkpoints converted from TensorFlow say gamma and beta
        boolean old = weights.has(name + ".gamma");
        return new Norm(
                path,
                weights.get(name + (old ? ".gamma" : ".weight"), width),
                weights.get(name + (old ? ".beta" : ".bias"), width),
                epsilon,
                false);
    }

    /** [rows, hidden] to the same, with what the routing puts in place of the scales. */
    Tensor apply(Tape tape, Tensor x, Routing routing) {
        return Spans.apply(
                tape,
                x,
                this,
                routing,
                (rows, own, shift, segments) -> norm(tape, rows, own == null ? weight : own, shift));
    }

    private Tensor norm(Tape tape, Tensor x, Tensor scale, @Nullable Tensor shift) {
        if (shift != null) {
            return LayerNorm.apply(tape, x, scale, shift, epsilon);
        }
        Tensor full = unitOffset
                ? Composite.apply(tape, List.of(scale), inputs -> inputs.get(0).plus(1))
                : scale;
        return RmsNorm.apply(tape, x, full, epsilon);
    }

    /** The same norm with the values that a change says. */
    Norm map(ModuleChange change) {
        ModuleChange.Values values = change.apply(this);
        return new Norm(path, values.weightOr(weight), values.bias(), epsilon, unitOffset);
    }
}
