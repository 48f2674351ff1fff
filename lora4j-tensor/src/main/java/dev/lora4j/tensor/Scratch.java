package dev.lora4j.tensor;

import java.util.stream.IntStream;

/**
 * Arrays in which values are decoded on their way into native memory, one for each thread that decodes.
 *
 * <p>Shared by the matrices of a model; they go with it. Safe for several threads.
 */
final class Scratch {
    /** Values that one thread decodes at a time: 256 KiB, which stay in its cache. */
    private static final int VALUES = 1 << 16;

    private final ThreadLocal<float[]> arrays = ThreadLocal.withInitial(() -> new float[VALUES]);

    /**
     * Fills a tensor, with as many threads as there are processors.
     *
     * @param into float32, contiguous
     * @param first flat index of its first value
     */
    void fill(Tensor into, long first, ValueDecoder decoder) {
        long values = into.elements();
        int chunks = Math.toIntExact((values + VALUES - 1) / VALUES);
        IntStream range = IntStream.range(0, chunks);
        (chunks > 1 ? range.parallel() : range).forEach(chunk -> {
            long start = (long) chunk * VALUES;
            int count = (int) Math.min(VALUES, values - start);
            try (Scope scope = Scope.open()) { // on whichever thread this runs
                float[] array = arrays.get();
                decoder.decode(first + start, array, count);
                into.writeFloats(start, array, count);
            }
        });
    }
}
