package dev.lora4j.lora;

import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.DropoutStream;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.TaskVectors;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Sparse changes of one module, merged and approximated by a low rank.
 *
 * <p>Works on ΔW, since what is large in the factors is not what is large in their product: the same ΔW has any number of
 * factors. Holds a few matrices [out, in] at a time, for one module only.
 */
final class SparseSum {
    /** Matrices with a smaller side are decomposed whole, larger ones by random projection. */
    private static final int WHOLE = 1024;

    /** Passes of the random projection; a sparse ΔW has slowly falling singular values. */
    private static final int ITERATIONS = 4;

    private final CombinationMethod.Sparse method;

    SparseSum(CombinationMethod.Sparse method) {
        this.method = method;
    }

    /**
     * Merges the terms of a module.
     *
     * @param path keys the random choices
     * @return of the calling thread's scope
     */
    CombinedPair of(String path, List<FactorSum.Term> terms) {
        try (Scope scope = Scope.open()) {
            Tensor merged = merged(path, terms);
            double wanted = merged.square().sum().item();
            CombinedPair pair = CombinedPair.of(decomposed(merged, path), method.truncation(), wanted);
            scope.give(pair.pair().a());
            scope.give(pair.pair().b());
            return pair;
        }
    }

    private Tensor merged(String path, List<FactorSum.Term> terms) {
        List<Tensor> vectors = new ArrayList<>();
        double[] weights = new double[terms.size()];
        for (int i = 0; i < weights.length; i++) {
            FactorSum.Term term = terms.get(i);
            long purpose = DropoutStream.mix(path.hashCode()) + i;
            Tensor delta = term.pair().delta().to(Device.CPU);
            // subtracting a change is adding its opposite: the sign votes, the size of the weight does not
            vectors.add(method.sparsity().apply(delta, purpose).timesInPlace(Math.signum(term.weight())));
            weights[i] = Math.abs(term.weight());
        }
        if (method.election().isPresent()) {
            return TaskVectors.disjointMean(vectors, weights, method.election().get());
        }
        Tensor sum = Tensor.zerosLike(vectors.get(0));
        for (int i = 0; i < weights.length; i++) {
            sum.addInPlace(vectors.get(i), weights[i]);
        }
        return sum;
    }

    private Decompositions.Svd decomposed(Tensor merged, String path) {
        long smaller = Math.min(merged.size(0), merged.size(1));
        if (method.truncation() instanceof Truncation.ToRank target && smaller > WHOLE && target.rank() < smaller) {
            return Decompositions.leadingSvd(merged, target.rank(), ITERATIONS, path.hashCode());
        }
        return Decompositions.svd(merged);
    }
}
