package dev.lora4j.model;

import dev.lora4j.tensor.Attention;
import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;

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
        CacheStep caches = pass.caches();
        return caches == null
                ? Attention.apply(tape, q, k, v, pass.sequences(), shape)
                : caches.attend(q, k, v, layer, shape);
    }
}
