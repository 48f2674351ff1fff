package dev.lora4j.tensor;

import java.util.Optional;

/**
 * A run of rows that use the same adapter at one layer.
 *
 * @param start first row
 * @param end one past the last row
 * @param adapter A, B and scaling
 * @param dropout of the input to A; empty outside training
 */
public record Segment(long start, long end, LowRank adapter, Optional<DropoutStream> dropout) {
    /** A run without dropout. */
    public Segment(long start, long end, LowRank adapter) {
        this(start, end, adapter, Optional.empty());
    }
}
