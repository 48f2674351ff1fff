package dev.lora4j.analysis;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;

/**
 * Orthonormal directions of a matrix: those of its singular values, the largest first.
 *
 * <p>Directions whose singular value is rounding of float32 and nothing else say nothing and are left out, so a matrix of
 * zeros has none.
 *
 * @param columns [n, count], float64, of whoever made it
 */
public record Directions(Tensor columns) {
    /** Some roundings of float32, relative to the largest singular value. */
    private static final double ROUNDING = 1e-6;

    /** How many there are. */
    public int count() {
        return (int) columns.size(1);
    }

    /** What A [rank, in] reads: its right-singular directions in the input; of the calling thread's scope. */
    public static Directions ofA(LowRank pair) {
        try (Scope scope = Scope.open()) {
            Decompositions.Svd svd = Decompositions.svd(pair.a().to(DType.F64));
            return leading(scope, svd.vt().transpose(0, 1), svd.s());
        }
    }

    /** What B [out, rank] writes: its left-singular directions in the output; of the calling thread's scope. */
    public static Directions ofB(LowRank pair) {
        try (Scope scope = Scope.open()) {
            Decompositions.Svd svd = Decompositions.svd(pair.b().to(DType.F64));
            return leading(scope, svd.u(), svd.s());
        }
    }

    /** What ΔW = s·B·A reads: its right-singular directions in the input; of the calling thread's scope. */
    public static Directions ofChange(LowRank pair) {
        try (Scope scope = Scope.open()) {
            Decompositions.Svd svd = Decompositions.svdOfProduct(pair.b(), pair.a());
            return leading(scope, svd.vt().transpose(0, 1), svd.s());
        }
    }

    /**
     * Those of a matrix of independent normal values, to compare with; of the calling thread's scope.
     *
     * @param size n of the space
     * @param key the same key gives the same directions
     */
    public static Directions random(long size, int count, long key) {
        try (Scope scope = Scope.open()) {
            Tensor values = Random.normal(key, 1, size, count).to(DType.F64);
            Decompositions.Svd svd = Decompositions.svd(values);
            return leading(scope, svd.u(), svd.s());
        }
    }

    private static Directions leading(Scope scope, Tensor columns, Tensor singular) {
        double[] values = singular.toDoubles();
        int count = 0;
        while (count < values.length && values[count] > ROUNDING * values[0]) {
            count++;
        }
        return new Directions(scope.give(columns.narrow(1, 0, count).contiguous()));
    }
}
