package dev.lora4j.tensor;

/** Computes float32 values of a matrix, counted row by row; safe for several threads. */
@FunctionalInterface
public interface ValueDecoder {
    /** Writes {@code count} values from a flat index on to the start of the array. */
    void decode(long first, float[] into, int count);
}
