package dev.lora4j.tensor;

import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A float32 matrix in the order in which oneDNN reads it for products of few rows: as large as it was, about twice as fast
 * for 4 to 16 rows (docs/performance.md).
 *
 * <p>Whatever needs it in rows, such as its gradient, puts it back into rows for the time being.
 *
 * @param packed opaque: its values are read by oneDNN alone
 */
record PackedMatrix(Tensor packed, long outFeatures, long inFeatures) implements FrozenMatrix {
    /**
     * Packs a float32 matrix [out, in] on the processor; the packed copy belongs to the owner.
     *
     * @throws TensorException if this libtorch has no oneDNN
     */
    static PackedMatrix of(Tensor values, Scope owner) {
        if (!torch.hasMKLDNN()) {
            throw new TensorException("weights cannot be packed: this libtorch was built without oneDNN; use f32");
        }
        try (Scope scope = Scope.open()) {
            Tensor packed = new Tensor(OneDnn.packed(values.contiguous().at()));
            return new PackedMatrix(owner.keep(packed), values.size(0), values.size(1));
        }
    }

    @Override
    public Tensor product(Tensor x, @Nullable Tensor bias) {
        try (Scope scope = Scope.open()) {
            return scope.give(
                    new Tensor(OneDnn.transposed(x.contiguous().at(), packed.at(), bias == null ? null : bias.at())));
        }
    }

    @Override
    public Tensor gradient(Tensor dy) {
        try (Scope scope = Scope.open()) {
            return scope.give(new Tensor(Products.product(dy.at(), dense().at())));
        }
    }

    @Override
    public void addGradient(Tensor dx, Tensor dy) {
        try (Scope scope = Scope.open()) {
            Products.add(dx.at(), dy.at(), dense().at());
        }
    }

    @Override
    public Tensor selectRows(Tensor ids) {
        try (Scope scope = Scope.open()) {
            return scope.give(dense().selectRows(ids));
        }
    }

    @Override
    public Tensor dense() {
        return new Tensor(packed.at().to_dense());
    }

    @Override
    public PackedMatrix like(Tensor values, Scope owner) {
        return of(values, owner);
    }

    @Override
    public long bytes() {
        return outFeatures * inFeatures * DType.F32.bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(packed);
    }

    @Override
    public Device device() {
        return Device.CPU;
    }
}
