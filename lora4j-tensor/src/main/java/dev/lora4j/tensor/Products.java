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
        if (OneDnn.suits(left, right.size(0))) {
            return OneDnn.transposed(left, right, bias);
        }
        Tensor turned = right.t();
        return bias == null ? torch.mm(left, turned) : torch.addmm(bias, left, turned);
    }

    /** left · right: [rows, inner] · [inner, columns]. */
    static Tensor product(Tensor left, Tensor right) {
        return OneDnn.suits(left, right.size(1)) ? OneDnn.transposed(left, right.t(), null) : torch.mm(left, right);
    }

    /** Adds left · right to a sum in place. */
    static void add(Tensor sum, Tensor left, Tensor right) {
        if (OneDnn.suits(left, right.size(1))) {
            sum.add_(OneDnn.transposed(left, right.t(), null));
        } else {
            sum.addmm_(left, right);
        }
    }
}
