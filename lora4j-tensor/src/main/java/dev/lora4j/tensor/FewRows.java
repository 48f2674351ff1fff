package dev.lora4j.tensor;

/**
 * Rows so few that calls cost more than values: in generation, one for each sequence.
 *
 * <p>What takes libtorch several calls is then computed in Java's arrays, and one product is faster than several
 * (docs/performance.md).
 */
public final class FewRows {
    private static final long MOST = 32;

    private FewRows() {}

    /** True for few rows of float32 on the processor. */
    public static boolean are(Tensor x) {
        return x.size(0) <= MOST && x.dtype() == DType.F32 && x.device().equals(Device.CPU);
    }
}
