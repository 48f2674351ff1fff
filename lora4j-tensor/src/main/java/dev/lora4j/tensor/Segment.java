package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
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

    /** What of these segments lies in a range of rows, counted from the range's start. */
    public static List<Segment> within(List<Segment> segments, long start, long end) {
        List<Segment> clipped = new ArrayList<>();
        for (Segment segment : segments) {
            long first = Math.max(segment.start, start);
            long last = Math.min(segment.end, end);
            if (first < last) {
                clipped.add(new Segment(first - start, last - start, segment.adapter, segment.dropout));
            }
        }
        return clipped;
    }
}
