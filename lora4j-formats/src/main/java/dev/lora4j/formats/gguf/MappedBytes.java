package dev.lora4j.formats.gguf;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A file of any length, mapped read-only in segments.
 *
 * <p>Immutable and safe for several threads: every access names its position. A mapping outlives its channel, so
 * nothing is to be closed; the memory returns when the object is collected.
 */
final class MappedBytes {
    private static final long SEGMENT = 1L << 30;

    private final List<MappedByteBuffer> segments;
    private final long segment;
    private final long size;

    private MappedBytes(List<MappedByteBuffer> segments, long segment, long size) {
        this.segments = List.copyOf(segments);
        this.segment = segment;
        this.size = size;
    }

    static MappedBytes map(FileChannel channel) throws IOException {
        return map(channel, SEGMENT);
    }

    static MappedBytes map(FileChannel channel, long segment) throws IOException {
        long size = channel.size();
        List<MappedByteBuffer> segments = new ArrayList<>();
        for (long start = 0; start < size; start += segment) {
            segments.add(channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(segment, size - start)));
        }
        return new MappedBytes(segments, segment, size);
    }

    long size() {
        return size;
    }

    /** Copies {@code length} bytes from {@code position} on into the array, also across segments. */
    void copy(long position, byte[] into, int at, int length) {
        Objects.checkFromIndexSize(position, (long) length, size);
        long from = position;
        int to = at;
        int left = length;
        while (left > 0) {
            int inSegment = (int) (from % segment);
            int run = (int) Math.min(left, segment - inSegment);
            segments.get((int) (from / segment)).get(inSegment, into, to, run);
            from += run;
            to += run;
            left -= run;
        }
    }
}
