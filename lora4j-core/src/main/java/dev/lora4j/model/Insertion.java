package dev.lora4j.model;

import dev.lora4j.tensor.Concatenate;
import dev.lora4j.tensor.RowRange;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What an adapter does to the output of a module in a run of rows.
 *
 * @param start first row
 * @param end one past the last row
 * @param step from those rows to what they are to be
 */
public record Insertion(long start, long end, Step step) {
    /** Changes rows. */
    @FunctionalInterface
    public interface Step {
        /** [rows, hidden] to [rows, hidden]. */
        Tensor apply(Tape tape, Tensor rows);
    }

    /**
     * The rows with what is inserted.
     *
     * @param insertions in the order of the rows, none of the rows of another
     */
    static Tensor apply(Tape tape, Tensor y, List<Insertion> insertions) {
        if (insertions.isEmpty()) {
            return y;
        }
        List<Tensor> parts = new ArrayList<>();
        long done = 0;
        for (Insertion insertion : insertions) {
            addRows(parts, tape, y, done, insertion.start());
            boolean all = insertion.start() == 0 && insertion.end() == y.size(0);
            Tensor rows = all ? y : RowRange.apply(tape, y, insertion.start(), insertion.end());
            parts.add(insertion.step().apply(tape, rows));
            done = insertion.end();
        }
        addRows(parts, tape, y, done, y.size(0));
        return parts.size() == 1 ? parts.get(0) : Concatenate.apply(tape, parts);
    }

    private static void addRows(List<Tensor> parts, Tape tape, Tensor y, long start, long end) {
        if (start < end) {
            parts.add(RowRange.apply(tape, y, start, end));
        }
    }
}
