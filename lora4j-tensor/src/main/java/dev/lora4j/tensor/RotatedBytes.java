package dev.lora4j.tensor;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A matrix W [out, in] in bytes, for x Wᵀ with x rounded to bytes too.
 *
 * <pre>
 * y = diag(a) P Qᵀ diag(s) + b      W H ≈ diag(s) Q, x H ≈ diag(a) P;   H the rotation, see {@link Rotation}
 * Q int8 [out, in];  s [out];  P [rows, in] bytes;  a [rows]
 * </pre>
 *
 * <p>Activations have columns that stand out, which the rotation spreads.
 *
 * @param packed Q and s
 */
record RotatedBytes(PackedBytes packed, Rotation rotation) {
    /** Rounds a matrix [out, in]; what is kept belongs to the owner. */
    static RotatedBytes of(Tensor matrix, Scope owner) {
        PackedBytes.requireExact();
        try (Scope scope = Scope.open()) {
            Rotation rotation = Rotation.of(matrix.size(1));
            org.bytedeco.pytorch.Tensor rotated =
                    rotation.apply(matrix.contiguous().at());
            org.bytedeco.pytorch.Tensor scales = ByteRows.scales(rotated);
            return new RotatedBytes(
                    PackedBytes.of(PackedBytes.rounded(rotated, scales), scales.view(scales.numel()), owner),
                    new Rotation(owner.keep(new Tensor(rotation.matrix())).at()));
        }
    }

    /** x Wᵀ + b, [rows, out], of the calling thread's scope. */
    Tensor product(Tensor x, @Nullable Tensor bias) {
        try (Scope scope = Scope.open()) {
            Tensor y = new Tensor(
                    packed.product(ByteRows.of(rotation.apply(x.contiguous().at()))));
            return scope.give(bias == null ? y : y.addInPlace(bias, 1));
        }
    }

    /** Bytes that values, factors and zero points take. */
    long bytes() {
        return packed.bytes();
    }

    List<Tensor> tensors() {
        return Stream.concat(packed.tensors().stream(), Stream.of(new Tensor(rotation.matrix())))
                .toList();
    }
}
