package dev.lora4j.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The pair of small matrices of one adapted layer, and their scaling: {@code ΔW = scaling · B A}.
 *
 * <p>Of a convolution {@code in} counts the channels times the kernel's width.
 *
 * @param a [rank, in]
 * @param b [out, rank]
 * @param scaling α/r, or α/√r with rank stabilisation
 * @param bias of B [out], scaled too, or null
 * @param magnitude DoRA's magnitude, or null
 * @param blocks 1 where B is trained and 0 where it stays zero [out, rank], or null where all of it is trained
 */
public record LowRank(
        Tensor a,
        Tensor b,
        double scaling,
        @Nullable Tensor bias,
        @Nullable Magnitude magnitude,
        @Nullable Tensor blocks) {
    /** Checks that the shapes agree. */
    public LowRank {
        if (a.rank() != 2 || b.rank() != 2 || a.size(0) != b.size(1)) {
            throw new TensorException("A is " + a + " and B is " + b + "; expected A [rank, in] and B [out, rank]");
        }
        if (!Double.isFinite(scaling)) {
            throw new TensorException("scaling is " + scaling + "; expected a finite number");
        }
    }

    /** A plain pair. */
    public LowRank(Tensor a, Tensor b, double scaling) {
        this(a, b, scaling, null, null, null);
    }

    /** The same pair with a bias of B. */
    public LowRank withBias(Tensor value) {
        return new LowRank(a, b, scaling, value, magnitude, blocks);
    }

    /** The same pair with DoRA's magnitude. */
    public LowRank withMagnitude(Magnitude value) {
        return new LowRank(a, b, scaling, bias, value, blocks);
    }

    /** The same pair with a B that is trained only where this mask is 1; elsewhere it must be zero. */
    public LowRank withBlocks(Tensor value) {
        return new LowRank(a, b, scaling, bias, magnitude, value);
    }

    /** Values of A and B that training changes. */
    public long trainedValues() {
        try (Scope counting = Scope.open()) {
            return a.elements()
                    + (blocks == null ? b.elements() : Math.round(blocks.sum().item()));
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

    /** An equal pair of its own; a magnitude keeps the frozen weight that it reads. */
    public LowRank copy(Scope owner) {
        try (Scope copying = Scope.open()) {
            return new LowRank(
                    owner.keep(a.copy()),
                    owner.keep(b.copy()),
                    scaling,
                    bias == null ? null : owner.keep(bias.copy()),
                    magnitude == null ? null : magnitude.copy(owner),
                    blocks == null ? null : owner.keep(blocks.copy()));
        }
    }

    /** The pair whose ΔW is this one's times a factor; shares A and B. */
    public LowRank times(double factor) {
        return new LowRank(a, b, factor * scaling, bias, magnitude, blocks);
    }

    /** The pair whose ΔW takes this one's off again; shares A. */
    public LowRank negated(Scope owner) {
        try (Scope negating = Scope.open()) {
            return new LowRank(a, owner.keep(b.times(-1)), scaling);
        }
    }

    /** Brings what is derived from the values up to date after they have changed. */
    public void refresh() {
        if (magnitude != null) {
            magnitude.refresh(this);
        }
    }
}
