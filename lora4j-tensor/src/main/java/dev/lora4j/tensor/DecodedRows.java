package dev.lora4j.tensor;

import java.util.List;

/**
 * Rows that stay in their file and are decoded from there each time.
 *
 * @param source of the values, row by row
 */
record DecodedRows(long count, long width, ValueDecoder source, long bytes, Scratch scratch) implements CompressedRows {
    @Override
    public Tensor expand(long first, Tensor buffer) {
        long end = Math.min(count, first + run());
        Tensor into = buffer.rows(0, (end - first) * width).view(end - first, width);
        scratch.fill(into, first * width, source);
        return into;
    }

    @Override
    public void row(long number, Tensor into) {
        scratch.fill(into, number * width, source);
    }

    @Override
    public List<Tensor> tensors() {
        return List.of();
    }
}
