package dev.lora4j.tensor;

import java.util.List;

/**
 * Rows in 16 bits, bfloat16 or half precision.
 *
 * @param values [count, width]; a view where the files have it transposed, or a part of a mapped file
 */
record HalfRows(Tensor values) implements CompressedRows {
    @Override
    public long count() {
        return values.size(0);
    }

    @Override
    public long width() {
        return values.size(1);
    }

    @Override
    public Tensor expand(long first, Tensor buffer) {
        Tensor part = values.rows(first, Math.min(count(), first + run()));
        return buffer.rows(0, part.elements()).view(part.shape()).copyFrom(part);
    }

    @Override
    public void row(long number, Tensor into) {
        into.copyFrom(values.rows(number, number + 1));
    }

    @Override
    public long bytes() {
        return values.elements() * values.dtype().bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(values);
    }
}
