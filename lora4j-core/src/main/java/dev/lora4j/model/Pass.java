package dev.lora4j.model;

import dev.lora4j.tensor.Sequences;
import java.util.List;

/**
 * One run of a batch through a model: where its sequences lie, whose adapters apply, what records it.
 *
 * @param caches of each sequence in generation; empty otherwise
 * @param recompute whether blocks keep only their input and run again in the backward pass
 * @param stretch which blocks run
 */
record Pass(Sequences sequences, Routing routing, List<KvCache> caches, boolean recompute, Stretch stretch) {
    /** Through all blocks. */
    Pass(Sequences sequences, Routing routing, List<KvCache> caches, boolean recompute) {
        this(sequences, routing, caches, recompute, Stretch.ALL);
    }

    /** Positions of the tokens, continuing what is in the caches. */
    long[] positions() {
        long[] positions = sequences.positions();
        if (!caches.isEmpty()) {
            for (int i = 0; i < sequences.count(); i++) {
                for (int t = 0; t < sequences.length(i); t++) {
                    positions[sequences.offset(i) + t] += caches.get(i).length();
                }
            }
        }
        return positions;
    }

    /** Refuses a sequence that is longer than a table of positions, before it reaches native code. */
    void requireLengths(int maxPositions) {
        for (int i = 0; i < sequences.count(); i++) {
            int length =
                    sequences.length(i) + (caches.isEmpty() ? 0 : caches.get(i).length());
            if (length > maxPositions) {
                throw new IllegalArgumentException(
                        "sequence " + i + " has " + length + " tokens, the model takes " + maxPositions);
            }
        }
    }

    /** After the last layer: the new tokens become part of the sequences in the caches. */
    void advanceCaches() {
        for (int i = 0; i < caches.size(); i++) {
            caches.get(i).advance(sequences.length(i));
        }
    }
}
