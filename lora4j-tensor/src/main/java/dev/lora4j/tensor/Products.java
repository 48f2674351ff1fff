package dev.lora4j.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Products of activations with a matrix, by whichever library is faster at them on this processor. */
final class Products {
    private Products() {}

    /** left · rightᵀ + bias: [rows, inner] · [columns, inner]ᵀ + [columns]. */
    static Tensor transposed(Tensor left, Tensor right, @Nullable Tensor bias) {
        if (left.size(0) == 1) { // the matrix is read on all threads if the library is told that this is a vector
            Tensor row = left.reshape(left.size(1));
            Tensor y = bias == null ? torch.mv(right, row) : torch.addmv(bias, right, row);
            return y.view(1, right.size(0));
        }
        return product(left, right.t(), bias);
    }

    /** left · right + bias: [rows, inner] · [inner, columns] + [columns]. */
    static Tensor product(Tensor left, Tensor right, @Nullable Tensor bias) {
        if (OneDnn.suits(left, right)) {
            return OneDnn.product(left, right, bias);
        }
        return bias == null ? torch.mm(left, right) : torch.addmm(bias, left, right);
    }

    /** Adds left · right to a sum in place. */
    static void add(Tensor sum, Tensor left, Tensor right) {
        if (OneDnn.suits(left, right)) {
            sum.add_(OneDnn.product(left, right, null));
        } else {
            sum.addmm_(left, right);
        }
    }
}
