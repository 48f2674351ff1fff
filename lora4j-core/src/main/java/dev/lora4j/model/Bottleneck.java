package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.LayerNorm;
import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bottleneck adapter after a module (Houlsby et al. 2019, arXiv 1902.00751), not low-rank adaptation: it stays in the
 * way of every token, since a nonlinearity cannot be merged.
 *
 * <pre>y = x + relu(norm(x) Dᵀ + d) Uᵀ + u</pre>
 *
 * @param down D [width, hidden]
 * @param downBias d [width]
 * @param up U [hidden, width]
 * @param upBias u [hidden]
 * @param norm before it, of its own (Lin et al. 2020, arXiv 2004.03829), or null for none
 */
public record Bottleneck(
        Tensor down,
        Tensor downBias,
        Tensor up,
        Tensor upBias,
        @Nullable Scales norm) implements Insertion.Step {
    /** ε of the norm, that of {@code torch.nn.LayerNorm}. */
    private static final double EPSILON = 1e-5;

    /**
     * Of a layer norm.
     *
     * @param weight [hidden]
     * @param bias [hidden]
     */
    public record Scales(Tensor weight, Tensor bias) {}

    @Override
    public Tensor apply(Tape tape, Tensor x) {
        Tensor normed = norm == null ? x : LayerNorm.apply(tape, x, norm.weight(), norm.bias(), EPSILON);
        Tensor narrow = LowRankLinear.apply(tape, normed, down, downBias, List.of());
        Tensor wide = LowRankLinear.apply(tape, Activation.RELU.apply(tape, narrow), up, upBias, List.of());
        return Add.apply(tape, x, wide);
    }
}
