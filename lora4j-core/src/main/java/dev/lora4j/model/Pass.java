package dev.lora4j.model;

import dev.lora4j.tensor.Sequences;
import org.jspecify.annotations.Nullable;

/**
 * One run of a batch through a model: where its sequences lie, whose adapters apply, what records it.
 *
 * @param caches in generation, what the pass writes to and reads of the caches; null otherwise
 * @param recompute whether blocks keep only their input and run again in the backward pass
 * @param stretch which blocks run
 */
record Pass(Sequences sequences, Routing routing, @Nullable CacheStep caches, boolean recompute, Stretch stretch) {
    /** Through all blocks, without caches. */
    Pass(Sequences sequences, Routing routing, boolean recompute) {
        this(sequences, routing, null, recompute, Stretch.ALL);
    }

    /** Positions of the tokens, continuing what is in the caches. */
    long[] positions() {
        long[] positions = sequences.positions();
        if (caches != null) {
            for (int i = 0; i < sequences.count(); i++) {
                for (int t = 0; t < sequences.length(i); t++) {
                    positions[sequences.offset(i) + t] += caches.before(i);
                }
            }
        }
        return positions;
    }

    /** Refuses a sequence that is longer than a table of positions, before it reaches native code. */
    void requireLengths(int maxPositions) {
        for (int i = 0; i < sequences.count(); i++) {
            int length = sequences.length(i) + (caches == null ? 0 : caches.before(i));
            if (length > maxPositions) {
                throw new IllegalArgumentException(
                        "sequence " + i + " has " + length + " tokens, the model takes " + maxPositions);
            }
        }
    }
}
