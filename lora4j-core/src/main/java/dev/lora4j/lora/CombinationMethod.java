package dev.lora4j.lora;

import dev.lora4j.tensor.MajoritySign;
import java.util.Optional;

/**
 * How adapters become one, in terms of what each does to a weight: ΔW_i = s_i · B_i A_i, with weight w_i.
 *
 * <p>PEFT's {@code add_weighted_adapter} has the same methods under the same names; where it does otherwise, {@code
 * docs/adr/0010-adapter-algebra.md} says why.
 */
public sealed interface CombinationMethod {
    /** ΔW = Σ w_i ΔW_i with the factors one beside the other: exact, of rank Σ r_i. */
    record Cat() implements CombinationMethod {}

    /**
     * ΔW = Σ w_i ΔW_i by the singular value decomposition of the factors' small core.
     *
     * <p>With {@link Truncation.Exact} the smallest rank that holds the sum, else its best approximation.
     */
    record Sum(Truncation truncation) implements CombinationMethod {}

    /**
     * Each ΔW_i made sparse, then added up or merged by elected sign, then approximated by a low rank.
     *
     * @param election empty to add up: ΔW = Σ w_i · sparse(ΔW_i)
     */
    record Sparse(Sparsity sparsity, Optional<MajoritySign> election, Truncation truncation)
            implements CombinationMethod {}

    /** Exact, with stacked factors. */
    static CombinationMethod cat() {
        return new Cat();
    }

    /** Exact, of the smallest rank; without the cross terms B_i A_j that PEFT's {@code linear} has. */
    static CombinationMethod linear() {
        return new Sum(new Truncation.Exact());
    }

    /** The best approximation of the sum. */
    static CombinationMethod svd(Truncation truncation) {
        return new Sum(truncation);
    }

    /** TIES (arXiv 2306.01708): the largest values of each, merged where their signs agree. */
    static CombinationMethod ties(double density, MajoritySign majority, Truncation truncation) {
        return new Sparse(new Sparsity.Largest(density), Optional.of(majority), truncation);
    }

    /** DARE (arXiv 2311.03099): random values of each, scaled up, added. */
    static CombinationMethod dareLinear(double density, long seed, Truncation truncation) {
        return new Sparse(new Sparsity.Random(density, seed), Optional.empty(), truncation);
    }

    /** DARE, merged where their signs agree. */
    static CombinationMethod dareTies(double density, long seed, MajoritySign majority, Truncation truncation) {
        return new Sparse(new Sparsity.Random(density, seed), Optional.of(majority), truncation);
    }

    /** The largest values of each, added. */
    static CombinationMethod magnitudePrune(double density, Truncation truncation) {
        return new Sparse(new Sparsity.Largest(density), Optional.empty(), truncation);
    }
}
