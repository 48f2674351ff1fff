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
        Tensor y = weight.selectRows(ids);
        if (tape.tracks(weight)) {
            tape.record(
                    y,
                    dy -> tape.buffer(weight, weight.shape(), dy).at().index_add_(0, ids.at(), dy.at()),
                    ids,
                    weight);
        }
        return y;
    }
}
