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

    /** Half a step above zero, so that cutting off the fraction rounds to the nearest. */
    private static final Tensor HALF_ABOVE_ZERO = Numbers.forever(
            dev.lora4j.tensor.Tensor.repeated(ZERO_POINT + 0.5f, 1).at());

    private static final long[] COLUMNS = {1};

    /** Rounds the rows of a float32 matrix. */
    static ByteRows of(Tensor x) {
        Tensor scales = scales(x);
        return new ByteRows(torch.addcdiv(HALF_ABOVE_ZERO, x, scales).to(torch.ScalarType.Byte), scales);
    }

    /** max |x[r, ·]| / 127, [rows, 1]. */
    static Tensor scales(Tensor x) {
        return x.abs().amax(COLUMNS, true).div_(LARGEST).clamp_min_(SMALLEST_SCALE);
    }
}
