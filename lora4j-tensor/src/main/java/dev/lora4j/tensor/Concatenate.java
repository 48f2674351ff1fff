package dev.lora4j.tensor;

import java.util.List;

/** Rows of several tensors one after another. */
public final class Concatenate {
    private Concatenate() {}

    /**
     * Joins.
     *
     * @param parts each [rows, hidden]
     * @return [all rows, hidden]
     */
    public static Tensor apply(Tape tape, List<Tensor> parts) {
        Tensor y = Tensor.concatenate(parts.toArray(Tensor[]::new));
        if (parts.stream().anyMatch(tape::tracks)) {
            long[] rows = parts.stream().mapToLong(part -> part.size(0)).toArray();
            tape.record(y, dy -> {
                long start = 0;
                for (int i = 0; i < rows.length; i++) {
                    tape.addShared(parts.get(i), dy.rows(start, start + rows[i]));
                    start += rows[i];
                }
            });
        }
        return y;
    }
}
