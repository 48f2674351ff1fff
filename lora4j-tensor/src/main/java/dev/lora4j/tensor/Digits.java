package dev.lora4j.tensor;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Rows of float32 as two digits to the base 128, each in −64 … 64, so that their products with bytes are exact sums.
 *
 * <pre>
 * x[r, k] = unit[r] · (high[r, k] + low[r, k] / 128) + error,   unit[r] = max |x[r, ·]| / 64,   |error| ≤ max |x[r, ·]| / 2¹⁴
 * </pre>
 *
 * <p>A row that holds a value that is not finite has NaN as its unit, and so has all that is computed from it. Computed in
 * arrays of each thread: for so few values a dozen of libtorch's operations take longer than the product. Safe for several
 * threads.
 */
final class Digits {
    /** The largest digit. */
    static final int LARGEST = 64;

    /** Values of a row at most: 128 KiB in each of four arrays of a thread. */
    static final int WIDEST = 1 << 15;

    private static final float BASE = 128;

    /** 1.5 · 2²³: added and taken away again, it leaves a number below 2²² rounded to the nearest integer. */
    private static final float ROUNDING = 0x1.8p23f;

    private static final int WITHOUT_SIGN = 0x7FFFFFFF;
    private static final int INFINITY = 0x7F800000;

    private final ThreadLocal<Arrays> arrays = ThreadLocal.withInitial(Arrays::new);

    private static final class Arrays {
        private final float[] values = new float[WIDEST];
        private final float[] high = new float[WIDEST];
        private final float[] low = new float[WIDEST];
        private final int[] bits = new int[WIDEST];
    }

    /**
     * Writes the digits of rows.
     *
     * @param x [rows, in], float32, contiguous; in ≤ {@link #WIDEST}
     * @param digits [2 · rows, in], float32, contiguous: the high ones, then the low ones, which are not yet rounded
     * @return the units, [rows]
     */
    float[] write(Tensor x, Tensor digits) {
        int rows = Math.toIntExact(x.size(0));
        int width = Math.toIntExact(x.size(1));
        Arrays own = arrays.get();
        float[] units = new float[rows];
        try (FloatPointer from = new FloatPointer(x.at().data_ptr());
                IntPointer bits = new IntPointer(from);
                FloatPointer to = new FloatPointer(digits.at().data_ptr())) {
            for (int row = 0; row < rows; row++) {
                long first = (long) row * width;
                from.position(first).get(own.values, 0, width);
                bits.position(first).get(own.bits, 0, width);
                units[row] = largest(own.bits, width) / LARGEST;
                divide(own.values, 1 / units[row], own.high, own.low, width);
                to.position(first).put(own.high, 0, width);
                to.position(first + (long) rows * width).put(own.low, 0, width);
            }
        }
        return units;
    }

    /** max |x|, at least the smallest normal number times 64, so that its inverse is finite; NaN if one is not finite. */
    private static float largest(int[] bits, int width) {
        int largest = Float.floatToRawIntBits(Float.MIN_NORMAL * LARGEST);
        for (int k = 0; k < width; k++) { // positive float32 are in the order of their bits as integers
            largest = Math.max(largest, bits[k] & WITHOUT_SIGN);
        }
        return largest >= INFINITY ? Float.NaN : Float.intBitsToFloat(largest);
    }

    private static void divide(float[] values, float factor, float[] high, float[] low, int width) {
        for (int k = 0; k < width; k++) {
            high[k] = values[k] * factor + ROUNDING - ROUNDING;
        }
        for (int k = 0; k < width; k++) {
            low[k] = (values[k] * factor - high[k]) * BASE;
        }
    }

    /**
     * Adds the products of the digits up, in the place of the high ones.
     *
     * @param products [2 · rows, out], float32, contiguous; changed
     * @return [rows, out], a view of it
     */
    Tensor sum(Tensor products, float[] units) {
        int rows = units.length;
        int width = Math.toIntExact(products.size(1));
        Arrays own = arrays.get();
        try (FloatPointer at = new FloatPointer(products.at().data_ptr())) {
            for (int row = 0; row < rows; row++) {
                for (int start = 0; start < width; start += WIDEST) {
                    int count = Math.min(WIDEST, width - start);
                    long first = (long) row * width + start;
                    at.position(first).get(own.high, 0, count);
                    at.position(first + (long) rows * width).get(own.low, 0, count);
                    add(own.high, own.low, units[row], own.values, count);
                    at.position(first).put(own.values, 0, count);
                }
            }
        }
        return products.rows(0, rows);
    }

    private static void add(float[] high, float[] low, float unit, float[] sums, int width) {
        float lower = unit / BASE;
        for (int k = 0; k < width; k++) {
            sums[k] = unit * high[k] + lower * low[k];
        }
    }
}
