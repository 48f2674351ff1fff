package dev.lora4j.analysis;

import dev.lora4j.tensor.Decompositions;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import java.util.Arrays;
import java.util.List;

/**
 * The singular values of ΔW = s·B·A, the largest first, and what they say of its rank. Immutable.
 *
 * @param values as many as the smallest of rank, in and out; none negative
 */
public record Spectrum(List<Double> values) {
    /** Copies the list; the values must be in order. */
    public Spectrum {
        values = List.copyOf(values);
        for (int i = 0; i < values.size(); i++) {
            if (!(values.get(i) >= 0) || (i > 0 && values.get(i) > values.get(i - 1))) {
                throw new IllegalArgumentException(
                        "singular values are " + values + "; expected none negative, the largest first");
            }
        }
    }

    /** By the factors alone, in float64. */
    public static Spectrum of(LowRank pair) {
        try (Scope scope = Scope.open()) {
            double[] values =
                    Decompositions.svdOfProduct(pair.b(), pair.a()).s().toDoubles();
            return new Spectrum(Arrays.stream(values)
                    .map(value -> value * Math.abs(pair.scaling()))
                    .boxed()
                    .toList());
        }
    }

    /** ‖ΔW‖²_F, the sum of all squares. */
    public double energy() {
        return energy(values.size());
    }

    /** The sum of the squares of the first values: what the best approximation of that rank has of ‖ΔW‖²_F. */
    public double energy(int rank) {
        double sum = 0;
        for (int i = Math.min(rank, values.size()) - 1;
                i >= 0;
                i--) { // smallest first, so that none is lost to rounding
            sum += values.get(i) * values.get(i);
        }
        return sum;
    }

    /** ‖ΔW‖_F. */
    public double norm() {
        return Math.sqrt(energy());
    }

    /** True if ΔW is zero, as that of an adapter before its first step. */
    public boolean isZero() {
        return values.isEmpty() || values.get(0) == 0;
    }

    /**
     * e to the entropy of the values' shares of their sum (Roy and Vetterli, "The effective rank", EUSIPCO 2007).
     *
     * @return from 1, if one value has all, to the number of values, if they are equal; 0 for a ΔW of zero
     */
    public double effectiveRank() {
        double sum = values.stream().mapToDouble(Double::doubleValue).sum();
        double entropy = 0;
        for (double value : values) {
            if (value > 0) {
                entropy -= value / sum * Math.log(value / sum);
            }
        }
        return isZero() ? 0 : Math.exp(entropy);
    }

    /**
     * The smallest rank whose best approximation holds a share of ‖ΔW‖²_F.
     *
     * @param share above 0 and at most 1
     * @return 0 for a ΔW of zero
     */
    public int rankFor(double share) {
        RankSuggestion.requireShare(share);
        double wanted = share * energy();
        int rank = 0;
        while (rank < values.size() && energy(rank) < wanted) {
            rank++;
        }
        return rank;
    }
}
