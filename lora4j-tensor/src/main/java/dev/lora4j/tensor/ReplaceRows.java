package dev.lora4j.tensor;

/** Rows of a table in place of some rows, such as the states of virtual tokens (prefix tuning, arXiv 2101.00190). */
public final class ReplaceRows {
    private ReplaceRows() {}

    /**
     * Replaces.
     *
     * <pre>y[rows[i]] = table[numbers[i]], all other rows as in x</pre>
     *
     * @param x [tokens, hidden]
     * @param table [numbers, hidden]
     * @param rows [replaced] of x, int64, each once
     * @param numbers [replaced] of the table, int64
     * @return [tokens, hidden]
     */
    public static Tensor apply(Tape tape, Tensor x, Tensor table, Tensor rows, Tensor numbers) {
        Tensor y = x.copy().writeRows(rows, table.selectRows(numbers));
        if (tape.tracks(x) || tape.tracks(table)) {
            long[] shape = table.shape();
            tape.record(y, dy -> backward(tape, dy, new Input(x, table, shape), rows, numbers), rows, numbers);
        }
        return y;
    }

    /** @param shape of the table */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    private record Input(Tensor x, Tensor table, long[] shape) {}

    private static void backward(Tape tape, Tensor dy, Input input, Tensor rows, Tensor numbers) {
        if (tape.tracks(input.table())) {
            Tensor buffer = tape.buffer(input.table(), input.shape(), dy);
            buffer.at().index_add_(0, numbers.at(), dy.selectRows(rows).at());
        }
        if (tape.tracks(input.x())) {
            Tensor others = dy.copy();
            others.at().index_fill_(0, rows.at(), Numbers.ZERO);
            tape.add(input.x(), others);
        }
    }
}
