package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Convolution;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.Linear;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;

/**
 * A module's weight as the matrix [out, in] that s·B·A is added to.
 *
 * <p>That of a linear layer as it is, a table [rows, hidden] transposed, a kernel [out, in, width] with all that an output
 * reads in one row.
 */
public final class WeightMatrix {
    private WeightMatrix() {}

    /** The matrix, sharing the values but for a kernel in groups; of the calling thread's scope. */
    public static Tensor of(AdaptableModule module) {
        if (module instanceof EmbeddingTable) {
            return module.weight().transpose(0, 1);
        }
        return module instanceof Convolution convolution
                ? convolution.ungrouped().view(convolution.weight().size(0), -1)
                : module.weight();
    }

    /** [out, in] of the matrix. */
    static long[] shape(AdaptableModule module) {
        long[] shape = module.shape();
        if (module instanceof EmbeddingTable) {
            return new long[] {shape[1], shape[0]};
        }
        return module instanceof Convolution convolution
                ? new long[] {shape[0], convolution.inChannels() * convolution.width()}
                : shape;
    }

    /** The matrix by its products, for as long as the owner lives; that of a linear layer as the base keeps it. */
    static FrozenMatrix frozen(AdaptableModule module, Scope owner) {
        return module instanceof Linear linear ? linear.matrix() : FrozenMatrix.of(owner.keep(of(module)));
    }

    /** A matrix in the module's own shape, sharing its values; of the calling thread's scope. */
    static Tensor restored(AdaptableModule module, Tensor matrix) {
        if (module instanceof EmbeddingTable) {
            return matrix.transpose(0, 1);
        }
        return module instanceof Convolution convolution
                ? matrix.view(matrix.size(0), convolution.inChannels(), convolution.width())
                : matrix;
    }
}
