package dev.lora4j.tensor;

/**
 * DoRA's magnitude of every output beside a low-rank pair (arXiv 2402.09353, equation 5).
 *
 * <pre>W' = m ∘ (W + s·B·A) / n,   n = ‖W + s·B·A‖ of each row, a constant in the backward pass (section 4.3)</pre>
 *
 * <p>The norm comes from Gram matrices, so that W + s·B·A is never formed:
 *
 * <pre>n² = ‖W‖² + 2s · rowsum((W Aᵀ) ∘ B) + s² · rowsum((B (A Aᵀ)) ∘ B)</pre>
 *
 * @param values m [out]
 * @param norms n [out] at the pair's values when {@link #refresh} was last called
 * @param weight W [out, in], the frozen one
 * @param squares ‖W‖² of each row [out]
 */
public record Magnitude(Tensor values, Tensor norms, FrozenMatrix weight, Tensor squares) {
    /**
     * The magnitude at which the layer computes what it does without the pair's direction: m = n.
     *
     * @param owner of the new tensors
     */
    public static Magnitude fresh(Scope owner, FrozenMatrix weight, LowRank pair) {
        try (Scope scope = Scope.open()) {
            Tensor values = owner.keep(Tensor.zerosLike(rowSquares(weight)));
            Magnitude magnitude = of(owner, values, weight, pair);
            values.copyFrom(magnitude.norms());
            return magnitude;
        }
    }

    /**
     * A magnitude of these values.
     *
     * @param owner of the new tensors; it holds the weight too
     */
    public static Magnitude of(Scope owner, Tensor values, FrozenMatrix weight, LowRank pair) {
        try (Scope scope = Scope.open()) {
            weight.tensors().forEach(owner::keep); // it may be a view that only the caller's scope holds
            Tensor squares = owner.keep(rowSquares(weight));
            Magnitude magnitude = new Magnitude(values, owner.keep(Tensor.zerosLike(squares)), weight, squares);
            magnitude.refresh(pair);
            return magnitude;
        }
    }

    private static Tensor rowSquares(FrozenMatrix weight) {
        return new Tensor(weight.dense().at().square().sum(1));
    }

    Magnitude copy(Scope owner) {
        weight.tensors().forEach(owner::keep);
        return new Magnitude(owner.keep(values.copy()), owner.keep(norms.copy()), weight, owner.keep(squares.copy()));
    }

    /** Computes the norms anew; to be called after the pair's values have changed. */
    public void refresh(LowRank pair) {
        try (Scope scope = Scope.open()) {
            norms.copyFrom(norms(squares, weight, pair));
        }
    }

    /** ‖W + s·B·A‖ of some rows, of the calling thread's scope; {@code pair}'s B has those rows only. */
    static Tensor norms(Tensor squares, FrozenMatrix weight, LowRank pair) {
        Tensor a = pair.a();
        Tensor b = pair.b();
        Tensor cross = rowSums(weight.product(a, null).transpose(0, 1).timesInPlace(b));
        Tensor own = rowSums(b.matmul(a.matmul(a.transpose(0, 1))).timesInPlace(b));
        double s = pair.scaling();
        Tensor sum = squares.plus(cross.timesInPlace(2 * s)).addInPlace(own, s * s);
        // rounding may leave a row that cancels just below zero
        return new Tensor(sum.at().clamp_min_(Numbers.ZERO).sqrt_());
    }

    private static Tensor rowSums(Tensor x) {
        return new Tensor(x.at().sum(1));
    }

    /** m / n [out], 1 for a row of zeros; of the calling thread's scope. */
    public Tensor factor() {
        return factor(values);
    }

    /** The same of values that stand for this one's. */
    Tensor factor(Tensor own) {
        Tensor quotient = own.dividedBy(norms);
        return new Tensor(quotient.at().masked_fill_(norms.at().eq(Numbers.ZERO), Numbers.ONE));
    }

    /** dm = Σ dy ∘ u / n over the rows; nothing for a row of zeros. */
    void addGradient(Tape tape, Tensor dy, Tensor direction) {
        if (tape.tracks(values)) {
            Tensor quotient = new Tensor(dy.times(direction).at().sum(0)).dividedBy(norms);
            tape.add(values, new Tensor(quotient.at().masked_fill_(norms.at().eq(Numbers.ZERO), Numbers.ZERO)));
        }
    }
}
