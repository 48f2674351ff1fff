package dev.lora4j.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A matrix whose values are a tensor.
 *
 * @param values [out, in]; a view where the files have it transposed
 */
record DenseMatrix(Tensor values) implements FrozenMatrix {
    DenseMatrix {
        if (values.rank() != 2) {
            throw new TensorException("the weight is " + values + "; expected a matrix [out, in]");
        }
    }

    @Override
    public long outFeatures() {
        return values.size(0);
    }

    @Override
    public long inFeatures() {
        return values.size(1);
    }

    @Override
    public Tensor product(Tensor x, @Nullable Tensor bias) {
        return new Tensor(Products.transposed(x.at(), values.at(), bias == null ? null : bias.at()));
    }

    @Override
    public Tensor gradient(Tensor dy) {
        return new Tensor(Products.product(dy.at(), values.at()));
    }

    @Override
    public void addGradient(Tensor dx, Tensor dy) {
        Products.add(dx.at(), dy.at(), values.at());
    }

    @Override
    public Tensor selectRows(Tensor ids) {
        return values.selectRows(ids);
    }

    @Override
    public DenseMatrix outputs(long start, long end, Scope owner) {
        return new DenseMatrix(owner.keep(values.rows(start, end)));
    }

    @Override
    public Tensor dense() {
        return values;
    }

    @Override
    public long bytes() {
        return values.elements() * values.dtype().bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(values);
    }

    @Override
    public Device device() {
        return values.device();
    }

    @Override
    public Tensor trainable() {
        return values;
    }
}
