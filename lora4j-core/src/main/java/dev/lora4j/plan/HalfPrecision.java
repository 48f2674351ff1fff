package dev.lora4j.plan;

/**
 * Memory of training with everything in 16 bits, but for activations, as the article counts it (section 4.2).
 *
 * <pre>
 * full, weights and two moments      2 · (1 + 2) · N
 * full, with gradients too           2 · (1 + 2 + 1) · N
 * frozen base, and all that of the trained values T     2 · N + 2 · (1 + 2 + 1) · T
 * </pre>
 *
 * <p>The article says 1.2 TB for GPT-3 without its parts; that lies between the first two.
 *
 * @param weightsAndMoments bytes
 * @param withGradients bytes
 * @param frozen bytes
 */
public record HalfPrecision(long weightsAndMoments, long withGradients, long frozen) {
    private static final long BYTES = 2;

    static HalfPrecision of(long parameters, long trained) {
        return new HalfPrecision(
                BYTES * 3 * parameters, BYTES * 4 * parameters, BYTES * parameters + BYTES * 4 * trained);
    }
}
