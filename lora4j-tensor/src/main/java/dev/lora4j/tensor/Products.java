package dev.lora4j.tensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/** Products of activations with a matrix, by whichever library is faster at them on this processor. */
final class Products {
    private Products() {}

    /** left · right + bias: [rows, inner] · [inner, columns] + [columns]. */
    static Tensor product(Tensor left, Tensor right, @Nullable Tensor bias) {
        if (OneDnn.suits(left, right)) {
            return OneDnn.product(left, right, bias);
        }
        return bias == null ? torch.mm(left, right) : torch.addmm(bias, left, right);
    }

    /**
     * summand + left · right, where nobody else holds the summand.
     *
     * @return the summand itself, changed, or a new tensor in its place
     */
    static Tensor added(Tensor summand, Tensor left, Tensor right) {
        return OneDnn.suits(left, right) ? OneDnn.plus(summand, left, right) : summand.addmm_(left, right);
    }
}
