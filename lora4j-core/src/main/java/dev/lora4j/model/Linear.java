package dev.lora4j.model;

import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A frozen linear layer with its path in the model; knows nothing of any adapter.
 *
 * @param path such as {@code model.layers.0.self_attn.q_proj}
 * @param weight [out, in]
 * @param bias [out], or null
 */
public record Linear(String path, Tensor weight, @Nullable Tensor bias) implements AdaptableModule {
    /** A layer of these values. */
    public static Linear of(String path, ModuleValues values) {
        return new Linear(path, values.weight(), values.bias());
    }

    /** y = x Wᵀ + b, with what the routing puts beside it. */
    Tensor apply(Tape tape, Tensor x, Routing routing) {
        return Spans.apply(
                tape,
                x,
                this,
                routing,
                (rows, matrix, shift, segments) -> LowRankLinear.apply(tape, rows, matrix, shift, segments));
    }

    /** Width of the input. */
    public long inFeatures() {
        return weight.size(1);
    }

    /** Width of the output. */
    public long outFeatures() {
        return weight.size(0);
    }

    /** The same layer with the values that a change says. */
    Linear map(ModuleChange change) {
        return of(path, change.apply(this));
    }
}
