package dev.lora4j.tensor;

/**
 * The pair of small matrices of one adapted layer, and their scaling: {@code ΔW = scaling · B A}.
 *
 * @param a [rank, in]
 * @param b [out, rank]
 * @param scaling α/r, or α/√r with rank stabilisation
 */
public record LowRank(Tensor a, Tensor b, double scaling) {
    /** Checks that the shapes agree. */
    public LowRank {
        if (a.rank() != 2 || b.rank() != 2 || a.size(0) != b.size(1)) {
            throw new TensorException("A is " + a + " and B is " + b + "; expected A [rank, in] and B [out, rank]");
        }
        if (!Double.isFinite(scaling)) {
            throw new TensorException("scaling is " + scaling + "; expected a finite number");
        }
    }

    /** Rank r. */
    public int rank() {
        return (int) a.size(0);
    }

    /** {@code scaling · B A}, [out, in]: only for merging, never in a forward pass. */
    public Tensor delta() {
        return b.matmul(a).timesInPlace(scaling);
    }
}
