package dev.lora4j.tensor;

/** Where a matrix's values come from while it is compressed: float32 rows on request. */
@FunctionalInterface
public interface RowSource {
    /**
     * Some rows.
     *
     * @return [end - start, width], of the calling thread's scope
     */
    Tensor rows(long start, long end);

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
