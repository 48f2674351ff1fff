package dev.lora4j.tensor;

/** Lookup of rows by token id. */
public final class Embedding {
    private Embedding() {}

    /**
     * Looks up.
     *
     * @param ids [tokens], int64, each in [0, vocabulary)
     * @param weight [vocabulary, hidden]
     * @return [tokens, hidden]
     */
    public static Tensor apply(Tape tape, Tensor ids, Tensor weight) {
        return apply(tape, ids, FrozenMatrix.of(weight));
    }

    static Tensor apply(Tape tape, Tensor ids, FrozenMatrix table) {
        Tensor y = table.selectRows(ids);
        Tensor weight = table.trainable();
        if (weight != null && tape.tracks(weight)) {
            tape.record(
                    y,
                    dy -> tape.buffer(weight, weight.shape(), dy).at().index_add_(0, ids.at(), dy.at()),
                    ids,
                    weight);
        }
        return y;
    }
}
