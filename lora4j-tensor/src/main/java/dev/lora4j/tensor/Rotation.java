package dev.lora4j.tensor;

import org.bytedeco.pytorch.Tensor;

/**
 * Multiplies each run of values of a row with a Hadamard matrix, which spreads a large value over its run.
 *
 * <pre>x H,   H = diag(h, h, …),   h[i, j] = (−1)^popcount(i &amp; j) / √n;   H = Hᵀ,  H H = 1</pre>
 *
 * <p>So {@code x Wᵀ = (x H) (W H)ᵀ}, and what is lost when the factors are rounded is less (QuaRot, arXiv 2404.00456).
 *
 * @param matrix h [n, n]
 */
record Rotation(Tensor matrix) {
    /** Runs of more values cost more than they gain in precision. */
    private static final long LONGEST = 64;

    /** For rows of this width, which runs of a power of two divide. */
    static Rotation of(long width) {
        int n = (int) Math.min(LONGEST, Long.lowestOneBit(width));
        float[] values = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                values[i * n + j] = (float) ((Integer.bitCount(i & j) % 2 == 0 ? 1 : -1) / Math.sqrt(n));
            }
        }
        return new Rotation(dev.lora4j.tensor.Tensor.of(values, n, n).at());
    }

    /** x H, [rows, width] like x. */
    Tensor apply(Tensor x) {
        return Products.product(runs(x), matrix).view(x.size(0), x.size(1));
    }

    /** sum += x H. */
    void add(Tensor sum, Tensor x) {
        Products.add(runs(sum), runs(x), matrix);
    }

    private Tensor runs(Tensor x) {
        return x.view(x.numel() / matrix.size(0), matrix.size(0));
    }
}
