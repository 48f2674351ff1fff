package dev.lora4j.tensor;

import java.util.List;

/**
 * Rows of signed bytes with a scale each.
 *
 * <pre>w[o, i] = scale[o] · q[o, i],   scale[o] = max |w[o, ·]| / 127,   q = round(w / scale)</pre>
 *
 * @param values q [count, width], int8
 * @param scales [count]
 */
record Int8Rows(Tensor values, Tensor scales) implements CompressedRows {
    private static final double LARGEST = 127;

    static Int8Rows of(RowSource source, long count, long width, Scope owner) {
        try (Scope scope = Scope.open()) {
            Tensor values = owner.keep(Tensor.empty(DType.I8, count, width));
            Tensor scales = owner.keep(Tensor.empty(DType.F32, count));
            source.inRuns(count, width, (first, rows) -> {
                Tensor largest = new Tensor(rows.at().abs().amax(new long[] {1}, false));
                Tensor scale = largest.times(1 / LARGEST);
                long end = first + rows.size(0);
                scales.rows(first, end).copyFrom(scale);
                // a row of zeros has a scale of zero; any other divisor leaves it zero
                Tensor divisor = new Tensor(scale.at().masked_fill(scale.at().eq(Numbers.ZERO), Numbers.ONE));
                Tensor scaled = rows.dividedBy(divisor.view(divisor.elements(), 1));
                values.rows(first, end).copyFrom(new Tensor(scaled.at().round_()));
            });
            return new Int8Rows(values, scales);
        }
    }

    Int8Rows range(long start, long end, Scope owner) {
        return new Int8Rows(owner.keep(values.rows(start, end)), owner.keep(scales.rows(start, end)));
    }

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
        long end = Math.min(count(), first + run());
        Tensor into = buffer.rows(0, (end - first) * width()).view(end - first, width());
        fill(first, end, into);
        return into;
    }

    @Override
    public void row(long number, Tensor into) {
        fill(number, number + 1, into);
    }

    private void fill(long first, long end, Tensor into) {
        into.copyFrom(values.rows(first, end));
        into.timesInPlace(scales.rows(first, end).view(end - first, 1));
    }

    @Override
    public long bytes() {
        return values.elements() + scales.elements() * DType.F32.bytes();
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(values, scales);
    }
}
