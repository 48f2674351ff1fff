package dev.lora4j.tensor;

import java.util.List;
import org.bytedeco.pytorch.global.torch;
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
        org.bytedeco.pytorch.Tensor transposed = values.at().t();
        return new Tensor(bias == null ? torch.mm(x.at(), transposed) : torch.addmm(bias.at(), x.at(), transposed));
    }

    @Override
    public Tensor gradient(Tensor dy) {
        return new Tensor(torch.mm(dy.at(), values.at()));
    }

    @Override
    public void addGradient(Tensor dx, Tensor dy) {
        dx.at().addmm_(dy.at(), values.at());
    }

    @Override
    public Tensor selectRows(Tensor ids) {
        return values.selectRows(ids);
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
