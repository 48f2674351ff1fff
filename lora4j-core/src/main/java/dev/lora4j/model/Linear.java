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
public record Linear(String path, Tensor weight, @Nullable Tensor bias) {
    /** y = x Wᵀ + b, with what the routing puts beside it. */
    Tensor apply(Tape tape, Tensor x, Routing routing) {
        return LowRankLinear.apply(tape, x, weight, bias, routing.segments(path));
    }

    /** Width of the input. */
    public long inFeatures() {
        return weight.size(1);
    }

    /** Width of the output. */
    public long outFeatures() {
        return weight.size(0);
    }

    /** The same layer with another weight of the same shape, such as a merged one. */
    public Linear withWeight(Tensor replacement) {
        return new Linear(path, replacement, bias);
    }
}
