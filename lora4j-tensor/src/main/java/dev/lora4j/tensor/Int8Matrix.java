package dev.lora4j.tensor;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A matrix kept and multiplied in bytes.
 *
 * <pre>
 * y  as {@link RotatedBytes} has it
 * dx = diag(c) G V       W ≈ diag(t) V, dy diag(t) ≈ diag(c) G
 * V int8 [out, in];  t [out];  G [rows, out] bytes;  c [rows]
 * </pre>
 *
 * <p>Products of bytes are summed in int32, exactly for up to 66,000 of them. All that is lost is lost in rounding the
 * factors, and what a row loses depends on that row alone. Activations are rotated first, gradients are not.
 */
final class Int8Matrix implements FrozenMatrix {
    /** Rows expanded at a time. */
    private static final long EXPANDED = 512;

    private final RotatedBytes forward;
    private final PackedBytes backward;
    private final Tensor scales;

    private Int8Matrix(RotatedBytes forward, PackedBytes backward, Tensor scales) {
        this.forward = forward;
        this.backward = backward;
        this.scales = scales;
    }

    /** Rounds a matrix [out, in]; what is kept belongs to the owner. */
    static Int8Matrix of(Tensor matrix, Scope owner) {
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor plain = matrix.contiguous().at();
            org.bytedeco.pytorch.Tensor own = ByteRows.scales(plain);
            return new Int8Matrix(
                    RotatedBytes.of(matrix, owner),
                    PackedBytes.of(PackedBytes.rounded(plain, own).t(), torch.ones(matrix.size(1)), owner),
                    owner.keep(new Tensor(own.view(own.numel()))));
        }
    }

    @Override
    public long outFeatures() {
        return scales.size(0);
    }

    @Override
    public long inFeatures() {
        return backward.factors().size(0);
    }

    @Override
    public Tensor product(Tensor x, @Nullable Tensor bias) {
        return forward.product(x, bias);
    }

    @Override
    public Tensor gradient(Tensor dy) {
        try (Scope scope = Scope.open()) {
            return scope.give(new Tensor(backward.product(ByteRows.of(dy.at().mul(scales.at())))));
        }
    }

    @Override
    public void addGradient(Tensor dx, Tensor dy) {
        try (Scope scope = Scope.open()) {
            dx.addInPlace(gradient(dy), 1);
        }
    }

    /** Exact: what one value alone in its row is rounded to is itself. */
    @Override
    public Tensor selectRows(Tensor ids) {
        try (Scope scope = Scope.open()) {
            Tensor chosen = new Tensor(torch.zeros(ids.elements(), outFeatures())
                    .scatter_(1, ids.at().view(ids.elements(), 1), Numbers.ONE));
            return scope.give(gradient(chosen));
        }
    }

    @Override
    public Tensor dense() {
        try (Scope scope = Scope.open()) {
            Tensor all = Tensor.empty(DType.F32, outFeatures(), inFeatures());
            for (long first = 0; first < outFeatures(); first += EXPANDED) {
                try (Scope part = Scope.open()) {
                    long end = Math.min(outFeatures(), first + EXPANDED);
                    Tensor ids = new Tensor(torch.arange(
                            new org.bytedeco.pytorch.Scalar(first),
                            new org.bytedeco.pytorch.Scalar(end),
                            DType.I64.options()));
                    all.rows(first, end).copyFrom(selectRows(ids));
                }
            }
            return scope.give(all);
        }
    }

    @Override
    public long bytes() {
        return forward.bytes() + backward.bytes() + scales.elements() * DType.F32.bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return Stream.of(forward.tensors(), backward.tensors(), List.of(scales))
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public Device device() {
        return scales.device();
    }
}
