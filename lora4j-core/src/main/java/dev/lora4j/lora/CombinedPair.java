package dev.lora4j.lora;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;

/**
 * The low-rank pair of one module after a combination, and what its rank could not hold.
 *
 * @param pair float32, with scaling 1
 * @param lost squared Frobenius norm of the wanted ΔW minus the pair's
 * @param wanted squared Frobenius norm of the wanted ΔW
 */
record CombinedPair(LowRank pair, double lost, double wanted) {
    /**
     * The leading part of a decomposition as a balanced pair: B = U √S, A = √S Vᵀ.
     *
     * @param svd of ΔW, or its leading part
     * @param wanted squared Frobenius norm of ΔW
     * @return of the calling thread's scope
     */
    static CombinedPair of(Decompositions.Svd svd, Truncation truncation, double wanted) {
        double[] values = svd.s().toDoubles();
        int rank = truncation.count(values);
        double lost = wanted - SingularValues.energy(values, 0) + SingularValues.energy(values, rank);
        try (Scope scope = Scope.open()) {
            Tensor root = svd.s().narrow(0, 0, rank).sqrt();
            Tensor b = svd.u().narrow(1, 0, rank).times(root).to(DType.F32).contiguous();
            Tensor a = svd.vt().narrow(0, 0, rank).times(root.view(rank, 1)).to(DType.F32);
            LowRank pair = new LowRank(scope.give(a), scope.give(b), 1);
            return new CombinedPair(pair, Math.max(0, lost), wanted);
        }
    }
}
