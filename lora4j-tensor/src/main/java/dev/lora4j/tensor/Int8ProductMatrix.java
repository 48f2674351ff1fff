package dev.lora4j.tensor;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A matrix whose product is computed in bytes and whose gradient in the values as they are.
 *
 * <p>For a decoder's output layer: the gradient of its logits is a softmax, whose many small values would all be rounded to
 * zero beside its few large ones.
 *
 * @param rounded for the product
 * @param values for all else
 */
record Int8ProductMatrix(RotatedBytes rounded, FrozenMatrix values) implements FrozenMatrix {
    @Override
    public long outFeatures() {
        return values.outFeatures();
    }

    @Override
    public long inFeatures() {
        return values.inFeatures();
    }

    @Override
    public Tensor product(Tensor x, @Nullable Tensor bias) {
        return rounded.product(x, bias);
    }

    @Override
    public Tensor gradient(Tensor dy) {
        return values.gradient(dy);
    }

    @Override
    public void addGradient(Tensor dx, Tensor dy) {
        values.addGradient(dx, dy);
    }

    @Override
    public Tensor selectRows(Tensor ids) {
        return values.selectRows(ids);
    }

    @Override
    public Tensor dense() {
        return values.dense();
    }

    @Override
    public long bytes() {
        return rounded.bytes() + values.bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return Stream.concat(rounded.tensors().stream(), values.tensors().stream())
                .toList();
    }

    @Override
    public Device device() {
        return values.device();
    }
}
