package dev.lora4j.model;

import dev.lora4j.tensor.Attention;
import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.Sequences;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention of a layer to its own sequence, from the caches where there are some.
 *
 * @param layer number of the layer, from 0, in the caches
 */
record SelfAttention(int layer, AttentionShape shape) {
    /**
     * Attends.
     *
     * @param q [tokens, heads · headDim]
     * @param k [tokens, keyValueHeads · headDim]
     * @param v [tokens, keyValueHeads · headDim]
     * @return [tokens, heads · headDim]
     */
    Tensor apply(Tape tape, Tensor q, Tensor k, Tensor v, Pass pass) {
        return pass.caches().isEmpty()
                ? Attention.apply(tape, q, k, v, pass.sequences(), shape)
                : continued(q, k, v, pass);
    }

    /** Generation: each sequence's new rows against its cache. */
    private Tensor continued(Tensor q, Tensor k, Tensor v, Pass pass) {
        Sequences sequences = pass.sequences();
        List<Tensor> parts = new ArrayList<>();
        for (int i = 0; i < sequences.count(); i++) {
            int start = sequences.offset(i);
            int end = start + sequences.length(i);
            KvCache cache = pass.caches().get(i);
            cache.write(layer, k.rows(start, end), v.rows(start, end));
            int rows = end - start;
            parts.add(Attention.cached(q.rows(start, end), cache.keys(layer, rows), cache.values(layer, rows), shape));
        }
        return parts.size() == 1 ? parts.get(0) : Tensor.concatenate(parts.toArray(Tensor[]::new));
    }
}
