package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A part of a model that an adapter can change, under the path that PEFT's configurations call it by.
 *
 * <p>All but a {@link Norm} can have a low-rank pair beside them; all but an {@link ExpertStack} can be trained whole, and
 * every bias on its own.
 */
public sealed interface AdaptableModule permits Linear, EmbeddingTable, Norm, Convolution, ExpertStack {
    /** Such as {@code model.layers.0.self_attn.q_proj}. */
    String path();

    /**
     * The main values: a matrix [out, in], a table [rows, hidden], a kernel [out, in / groups, width] or the
     * scales [hidden] of a norm.
     *
     * @return the tensor that is kept; where the model keeps a matrix compressed, a new one of the thread's scope
     */
    Tensor weight();

    /** The shape of the weight. */
    default long[] shape() {
        return weight().shape();
    }

    /** What is added to the output, [out], or null. */
    @Nullable
    Tensor bias();
}
