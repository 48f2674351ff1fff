package dev.lora4j.tensor;

/** Chosen rows, such as those with a label or each sequence's first. */
public final class SelectRows {
    private SelectRows() {}

    /**
     * Selects.
     *
     * @param x [rows, hidden]
     * @param indices [chosen], int64
     * @return [chosen, hidden]
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor indices) {
        Tensor y = x.selectRows(indices);
        if (tape.tracks(x)) {
            long[] shape = x.shape();
            tape.record(y, dy -> tape.buffer(x, shape, dy).at().index_add_(0, indices.at(), dy.at()), indices);
        }
        return y;
    }
}
