package dev.lora4j.tensor;

/**
 * Mean of each sequence's rows (sentence-transformers' mean pooling, without padding).
 *
 * <pre>y[i] = Σ x[t] / length(i) over the tokens t of sequence i;  dx[t] = dy[i] / length(i)</pre>
 */
public final class MeanPooling {
    private MeanPooling() {}

    /**
     * Pools.
     *
     * @param x [tokens, hidden]
     * @return [sequences, hidden]
     */
    public static Tensor apply(Tape tape, Tensor x, Sequences sequences) {
        try (Scope scope = Scope.open()) {
            Tensor owner = Tensor.of(sequences.ownerOfEachToken()).to(x.device()); // [tokens]
            Tensor weights = Tensor.of(sequences.inverseLengths(), sequences.count(), 1)
                    .to(x.dtype())
                    .to(x.device());
            Tensor y = Tensor.zeros(x.dtype(), sequences.count(), x.size(1)).to(x.device());
            y.at().index_add_(0, owner.at(), x.at());
            y.timesInPlace(weights);
            if (tape.tracks(x)) {
                tape.record(y, dy -> tape.add(x, dy.times(weights).selectRows(owner)), owner, weights);
            }
            return scope.give(y);
        }
    }
}
