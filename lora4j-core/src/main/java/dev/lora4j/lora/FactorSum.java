package dev.lora4j.lora;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/**
 * The sum of weighted low-rank products of one module, ΔW = Σ v_i B_i A_i with v_i = w_i s_i, by its factors alone.
 *
 * <pre>
 * B = [B_1 … B_k] [out, R], A = [v_1 A_1; …; v_k A_k] [R, in], R = Σ r_i
 * </pre>
 *
 * <p>Nothing of size [out, in] is ever made ({@link Decompositions#svdOfProduct}).
 */
final class FactorSum {
    private FactorSum() {}

    /** One module's pair in one of the adapters. */
    record Term(LowRank pair, double weight) {
        /** w_i · s_i. */
        double factor() {
            return weight * pair.scaling();
        }
    }

    /** The factors one beside the other, of rank R and scaling 1; of the calling thread's scope. */
    static LowRank stacked(List<Term> terms) {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensor.concatenate(terms.stream()
                    .map(term -> plain(term.pair().a(), DType.F32).times(term.factor()))
                    .toArray(Tensor[]::new));
            return new LowRank(scope.give(a), scope.give(columns(terms, DType.F32)), 1);
        }
    }

    /** Σ v_i · bias_i [out], where those of B count; zeros where there is none; of the calling thread's scope. */
    static Tensor bias(List<Term> terms) {
        try (Scope scope = Scope.open()) {
            Tensor sum = Tensor.zeros(DType.F32, terms.get(0).pair().b().size(0));
            for (Term term : terms) {
                Tensor bias = term.pair().bias();
                if (bias != null) {
                    sum.addInPlace(plain(bias, DType.F32), term.factor());
                }
            }
            return scope.give(sum);
        }
    }

    /** The sum at another rank, computed in float64; of the calling thread's scope. */
    static CombinedPair truncated(List<Term> terms, Truncation truncation) {
        Decompositions.Svd svd = decomposed(terms);
        return CombinedPair.of(svd, truncation, SingularValues.energy(svd.s().toDoubles(), 0));
    }

    private static Decompositions.Svd decomposed(List<Term> terms) {
        try (Scope scope = Scope.open()) {
            Tensor scaled = Tensor.concatenate(terms.stream()
                    .map(term -> plain(term.pair().a(), DType.F64).times(term.factor()))
                    .toArray(Tensor[]::new));
            Decompositions.Svd svd = Decompositions.svdOfProduct(columns(terms, DType.F64), scaled);
            return new Decompositions.Svd(scope.give(svd.u()), scope.give(svd.s()), scope.give(svd.vt()));
        }
    }

    /** [B_1 … B_k], [out, R]. */
    private static Tensor columns(List<Term> terms, DType type) {
        Tensor rows = Tensor.concatenate(terms.stream()
                .map(term -> plain(term.pair().b(), type).transpose(0, 1))
                .toArray(Tensor[]::new));
        return rows.transpose(0, 1).contiguous();
    }

    private static Tensor plain(Tensor factor, DType type) {
        return factor.to(Device.CPU).to(type);
    }
}
