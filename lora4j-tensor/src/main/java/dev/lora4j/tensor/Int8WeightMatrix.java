package dev.lora4j.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A matrix kept in bytes with a scale of each row: multiplied as bytes where few rows come in during generation, else
 * expanded.
 *
 * <p>Bytes are read and multiplied four times as fast as float32, which makes generation fast. What comes in is rounded to
 * 14 bits of the largest value of its row ({@link Digits}), far below what rounding the matrix did. The copy that
 * {@link ByteProduct} reads is made at the first product of few rows, so that training does without.
 */
final class Int8WeightMatrix implements FrozenMatrix {
    /** Rows from which on expanding and multiplying in float32 is faster (docs/weights.md). */
    private static final long MANY = 128;

    private final Int8Rows rows;
    private final CompressedMatrix expanded;
    private final Digits digits;
    private final Scope owner;
    private volatile @Nullable ByteProduct packed;

    Int8WeightMatrix(Int8Rows rows, CompressedMatrix expanded, Digits digits, Scope owner) {
        this.rows = rows;
        this.expanded = expanded;
        this.digits = digits;
        this.owner = owner;
    }

    @Override
    public Tensor product(Tensor x, @Nullable Tensor bias) {
        return expanded.product(x, bias);
    }

    @Override
    public Tensor quickProduct(Tensor x, @Nullable Tensor bias) {
        if (x.size(0) >= MANY || !ByteProduct.suits(inFeatures())) {
            return expanded.product(x, bias);
        }
        Tensor y = packed().of(x);
        return bias == null ? y : y.addInPlace(bias, 1);
    }

    private ByteProduct packed() {
        ByteProduct found = packed;
        return found == null ? pack() : found;
    }

    private synchronized ByteProduct pack() {
        ByteProduct found = packed;
        if (found == null) {
            found = ByteProduct.of(rows.values(), rows.scales(), digits, owner);
            packed = found;
        }
        return found;
    }

    @Override
    public long outFeatures() {
        return rows.count();
    }

    @Override
    public long inFeatures() {
        return rows.width();
    }

    @Override
    public Tensor gradient(Tensor dy) {
        return expanded.gradient(dy);
    }

    @Override
    public void addGradient(Tensor dx, Tensor dy) {
        expanded.addGradient(dx, dy);
    }

    @Override
    public Tensor selectRows(Tensor ids) {
        return expanded.selectRows(ids);
    }

    @Override
    public Int8WeightMatrix outputs(long start, long end, Scope holder) {
        Int8Rows some = rows.range(start, end, holder);
        return new Int8WeightMatrix(some, new CompressedMatrix(some, expanded.buffers()), digits, holder);
    }

    @Override
    public Tensor dense() {
        return expanded.dense();
    }

    @Override
    public long bytes() {
        return packed == null ? rows.bytes() : 2 * rows.bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return rows.tensors();
    }

    @Override
    public Device device() {
        return Device.CPU;
    }
}
