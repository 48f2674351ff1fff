package dev.lora4j.model;

import java.util.Locale;

/**
 * In what the products of activations and gradients with a frozen base's matrices are computed.
 *
 * <p>The embedding table, a decoder's output layer, heads for sequences, norms, attention, adapters and the loss are
 * float32 either way.
 */
public enum Compute {
    /** Everything in float32. */
    F32,
    /** Linear layers round their matrix once, and what comes in for each product, to bytes with a scale for each row. */
    INT8;

    /** As options and messages call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
