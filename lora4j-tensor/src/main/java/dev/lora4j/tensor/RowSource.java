package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;

/** Where a matrix's values come from while it is compressed: float32 rows on request. */
@FunctionalInterface
public interface RowSource {
    /**
     * Some rows.
     *
     * @return [end - start, width], of the calling thread's scope
     */
    Tensor rows(long start, long end);

    /** Sources one below another, each of as many rows. */
    static RowSource stacked(List<RowSource> sources, List<Long> heights) {
        return (start, end) -> {
            try (Scope scope = Scope.open()) {
                List<Tensor> parts = new ArrayList<>();
                long top = 0;
                for (int i = 0; i < sources.size(); i++) {
                    long bottom = top + heights.get(i);
                    if (start < bottom && end > top) {
                        parts.add(sources.get(i).rows(Math.max(start, top) - top, Math.min(end, bottom) - top));
                    }
                    top = bottom;
                }
                return scope.give(Tensor.concatenate(parts.toArray(Tensor[]::new)));
            }
        };
    }

    /** What is done with some rows from a first one on. */
    interface Use {
        /** Borrows the rows. */
        void accept(long first, Tensor rows);
    }

    /** Goes through a matrix in runs of rows that begin at multiples of 64. */
    default void inRuns(long count, long width, Use use) {
        long height = Math.max(1, CompressedRows.EXPANDED / width / 64) * 64;
        for (long first = 0; first < count; first += height) {
            try (Scope scope = Scope.open()) {
                use.accept(first, rows(first, Math.min(count, first + height)));
            }
        }
    }
}
