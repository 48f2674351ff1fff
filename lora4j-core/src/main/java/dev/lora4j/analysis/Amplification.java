package dev.lora4j.analysis;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;

/**
 * ΔW = s·B·A against the frozen W beside it (LoRA, arXiv 2106.09685, 7.3 and table 7). Immutable.
 *
 * <p>U [out, r] and V [in, r] are the left- and right-singular directions of ΔW, r its rank. ‖Uᵀ W V‖_F says how much of W lies
 * there already; ‖ΔW‖_F / ‖Uᵀ W V‖_F how many times ΔW amplifies it.
 *
 * @param rank r
 * @param weight ‖W‖_F
 * @param change ‖ΔW‖_F
 * @param onChange ‖Uᵀ W V‖_F with the directions of ΔW
 * @param onWeight the same with the first r directions of W itself, the most there can be
 * @param onRandom the same with r random directions on either side
 */
public record Amplification(int rank, double weight, double change, double onChange, double onWeight, double onRandom) {
    /** Up to this many rows or columns W is decomposed whole; beyond, its first directions come by random projection. */
    private static final long WHOLE = 1024;

    private static final int ITERATIONS = 6;

    /**
     * Measures.
     *
     * @param frozen W [out, in], borrowed
     * @param key of the random directions
     * @throws IllegalArgumentException if ΔW is zero or has another shape than W
     */
    public static Amplification of(LowRank pair, Tensor frozen, long key) {
        long out = pair.b().size(0);
        long in = pair.a().size(1);
        if (frozen.rank() != 2 || frozen.size(0) != out || frozen.size(1) != in) {
            throw new IllegalArgumentException("the adapter changes a weight of shape [" + out + ", " + in
                    + "], the model has " + frozen + "; was it trained on another base?");
        }
        try (Scope scope = Scope.open()) {
            Spectrum spectrum = Spectrum.of(pair);
            if (spectrum.isZero()) {
                throw new IllegalArgumentException("a change of zero amplifies nothing");
            }
            Tensor weight = frozen.to(DType.F64);
            Decompositions.Svd svd = Decompositions.svdOfProduct(pair.b(), pair.a());
            int rank =
                    (int) spectrum.values().stream().filter(value -> value > 0).count();
            Tensor u = svd.u().narrow(1, 0, rank);
            Tensor v = svd.vt().narrow(0, 0, rank).transpose(0, 1);
            Tensor randomU = Directions.random(out, rank, key).columns();
            Tensor randomV = Directions.random(in, rank, key + 1).columns();
            return new Amplification(
                    rank,
                    norm(weight),
                    spectrum.norm(),
                    norm(u.transpose(0, 1).matmul(weight).matmul(v)),
                    norm(leading(weight, rank, key)),
                    norm(randomU.transpose(0, 1).matmul(weight).matmul(randomV)));
        }
    }

    /** The first singular values of W. */
    private static Tensor leading(Tensor weight, int rank, long key) {
        boolean whole = Math.min(weight.size(0), weight.size(1)) <= WHOLE;
        return whole
                ? Decompositions.svd(weight).s().narrow(0, 0, rank)
                : Decompositions.leadingSvd(weight, rank, ITERATIONS, key).s();
    }

    private static double norm(Tensor values) {
        return Math.sqrt(values.square().sum().item());
    }

    /** ‖ΔW‖_F / ‖Uᵀ W V‖_F; infinite where W has nothing in these directions. */
    public double factor() {
        return change / onChange;
    }
}
