package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;

/**
 * Positions as waves, sines in the even columns and cosines in the odd ones (arXiv 1706.03762, section 3.5).
 *
 * <pre>angle(p, j) = p / 10000^(2 ⌊j/2⌋ / width)      transformers' create_sinusoidal_embeddings</pre>
 */
final class SinusoidalPositions {
    private SinusoidalPositions() {}

    /** [rows, width], of the calling thread's scope. */
    static Tensor table(int rows, int width) {
        float[] values = new float[Math.multiplyExact(rows, width)];
        for (int p = 0; p < rows; p++) {
            for (int j = 0; j < width; j++) {
                double angle = p / Math.pow(10_000, (double) (j - j % 2) / width);
                values[p * width + j] = (float) (j % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
            }
        }
        return Tensor.of(values, rows, width);
    }
}
