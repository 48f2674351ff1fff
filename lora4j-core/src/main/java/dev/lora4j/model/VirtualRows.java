package dev.lora4j.model;

import dev.lora4j.tensor.ReplaceRows;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a batch that stand for virtual tokens, which no text has.
 *
 * @param rows in order
 * @param numbers of the virtual token of each, from 0
 */
@SuppressWarnings("ArrayRecordComponent") // made once by a batch, never compared
public record VirtualRows(long[] rows, long[] numbers) {
    /** None. */
    public static final VirtualRows NONE = new VirtualRows(new long[0], new long[0]);

    /** Those of ids, where −1 − n stands for the virtual token n. */
    static VirtualRows of(long[] ids) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                found.add(i);
            }
        }
        return new VirtualRows(
                found.stream().mapToLong(row -> row).toArray(),
                found.stream().mapToLong(row -> -1 - ids[row]).toArray());
    }

    /** Those from a row to before another, counted from the first of these. */
    public VirtualRows within(long start, long end) {
        List<Integer> inside = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] >= start && rows[i] < end) {
                inside.add(i);
            }
        }
        return new VirtualRows(
                inside.stream().mapToLong(i -> rows[i] - start).toArray(),
                inside.stream().mapToLong(i -> numbers[i]).toArray());
    }

    /** True if there are none. */
    public boolean isEmpty() {
        return rows.length == 0;
    }

    /** Puts their rows of a table in place. */
    public Insertion.Step from(Tensor table) {
        return (tape, x) -> ReplaceRows.apply(
                tape,
                x,
                table,
                Tensor.of(rows).to(x.device()),
                Tensor.of(numbers).to(x.device()));
    }
}
