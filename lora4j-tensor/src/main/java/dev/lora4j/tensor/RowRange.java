package dev.lora4j.tensor;

/** A run of neighbouring rows. */
public final class RowRange {
    private RowRange() {}

    /**
     * Takes the rows from {@code start} to before {@code end}.
     *
     * @param x [rows, …]
     * @return [end − start, …], a view
     */
    public static Tensor apply(Tape tape, Tensor x, long start, long end) {
        Tensor y = x.rows(start, end);
        if (tape.tracks(x)) {
            long[] shape = x.shape();
            tape.record(
                    y, dy -> tape.buffer(x, shape, dy).rows(start, end).at().add_(dy.at()));
        }
        return y;
    }
}
