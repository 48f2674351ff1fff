package dev.lora4j.tensor;

import java.util.List;

/** The values of a matrix in a form that takes less than float32, expanded some rows at a time. */
interface CompressedRows {
    /**
     * Values expanded at a time: 512 Ki float32 are 2 MiB, which two cores' caches hold until the product has read them.
     * For one row of input that makes half of the bytes worth reading from memory, and so is faster than float32.
     */
    long EXPANDED = 1L << 19;

    /** Number of rows. */
    long count();

    /** Values of a row. */
    long width();

    /** Rows of a run, all of which but the last have as many. */
    default long run() {
        return Math.min(count(), Math.max(1, EXPANDED / width()));
    }

    /**
     * Computes a run of rows.
     *
     * @param first number of the first, a multiple of {@link #run}
     * @param buffer float32 [run · width], overwritten
     * @return [n, width], a view of the buffer
     */
    Tensor expand(long first, Tensor buffer);

    /**
     * Computes one row.
     *
     * @param into float32 [1, width], overwritten
     */
    void row(long number, Tensor into);

    /** Bytes that the values take in memory or in a mapped file. */
    long bytes();

    /** What is kept in memory. */
    List<Tensor> tensors();
}
