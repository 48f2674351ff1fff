package dev.lora4j.tensor;

/** A run of neighbouring columns, such as the queries of a fused projection. */
public final class ColumnRange {
    private ColumnRange() {}

    /**
     * Takes the columns from {@code start} to before {@code end}.
     *
     * @param x [rows, columns]
     * @return [rows, end − start], a view whose rows lie apart
     */
    public static Tensor apply(Tape tape, Tensor x, long start, long end) {
        Tensor y = x.narrow(1, start, end - start);
        if (tape.tracks(x)) {
            long[] shape = x.shape();
            tape.record(
                    y,
                    dy -> tape.buffer(x, shape, dy)
                            .narrow(1, start, end - start)
                            .at()
                            .add_(dy.at()));
        }
        return y;
    }
}
