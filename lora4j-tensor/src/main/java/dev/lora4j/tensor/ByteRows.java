package dev.lora4j.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A matrix whose rows are rounded to bytes with a scale each.
 *
 * <pre>x[r, k] ≈ scale[r] · (q[r, k] − 128),   scale[r] = max |x[r, ·]| / 127</pre>
 *
 * <p>Values that are not finite make their row's scale so, and with it all that is computed from the row.
 *
 * @param values q [rows, width], uint8, 1 to 255
 * @param scales [rows, 1], float32
 */
record ByteRows(Tensor values, Tensor scales) {
    /** What stands for zero, since oneDNN's fast product has unsigned bytes on the left. */
    static final int ZERO_POINT = 128;

    private static final Scalar LARGEST = Numbers.forever(new Scalar(127.0));

    /** Stands in for the scale of a row of zeros, which stays zero. */
    private static final Scalar SMALLEST_SCALE = Numbers.forever(new Scalar(1e-30));

    /**
     * 2²³ and the zero point: a float of this size has no fraction, so that adding rounds to the nearest, and its lowest byte is
     * the rounded value. Converting whole numbers takes a third of the time of converting floats.
     */
    private static final Scalar WHOLE = Numbers.forever(new Scalar((double) (1 << 23) + ZERO_POINT));

    private static final long[] COLUMNS = {1};

    /** Rounds the rows of a float32 matrix. */
    static ByteRows of(Tensor x) {
        Tensor scales = scales(x);
        Tensor whole = x.div(scales).add_(WHOLE);
        return new ByteRows(whole.view(torch.ScalarType.Int).to(torch.ScalarType.Byte), scales);
    }

    /** max |x[r, ·]| / 127, [rows, 1]. */
    static Tensor scales(Tensor x) {
        return x.abs().amax(COLUMNS, true).div_(LARGEST).clamp_min_(SMALLEST_SCALE);
    }
}
