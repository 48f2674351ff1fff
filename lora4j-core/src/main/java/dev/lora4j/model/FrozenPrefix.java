package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;

/**
 * What the lowest blocks of a model made of a batch, for a pass that goes on from there.
 *
 * <p>From {@link LanguageModel#hiddenBelow}, or put together from its rows. Borrows the tensor.
 *
 * @param blocks how many blocks have run, at least 1
 * @param states [tokens, hidden]
 */
public record FrozenPrefix(int blocks, Tensor states) {
    /** Checks the number. */
    public FrozenPrefix {
        if (blocks < 1) {
            throw new IllegalArgumentException("a prefix of " + blocks + " blocks, expected at least 1");
        }
    }
}
