package dev.lora4j.model;

import dev.lora4j.tensor.Sequences;
import java.util.Arrays;
import java.util.List;

/**
 * Token ids of several sequences laid flat, without padding.
 *
 * <p>An id of −1 − n stands for the virtual token n of whichever adapter the row has; the model gets some token there, whose
 * states the adapter replaces. Immutable.
 */
public final class TokenBatch {
    private final long[] ids;
    private final long[] types;
    private final Sequences sequences;
    private final VirtualRows virtual;

    private TokenBatch(long[] ids, long[] types, Sequences sequences) {
        this.virtual = VirtualRows.of(ids);
        this.ids = Arrays.stream(ids).map(id -> Math.max(0, id)).toArray();
        this.types = types;
        this.sequences = sequences;
    }

    /** Sequences of token ids, all of token type 0. */
    public static TokenBatch of(List<int[]> sequences) {
        return of(sequences, sequences.stream().map(ids -> new int[ids.length]).toList());
    }

    /** Sequences of token ids and their token types, which BERT uses to tell the texts of a pair apart. */
    public static TokenBatch of(List<int[]> sequences, List<int[]> types) {
        int[] lengths = sequences.stream().mapToInt(ids -> ids.length).toArray();
        Sequences layout = Sequences.ofLengths(lengths);
        long[] flatIds = new long[layout.tokens()];
        long[] flatTypes = new long[layout.tokens()];
        for (int i = 0; i < lengths.length; i++) {
            for (int t = 0; t < lengths[i]; t++) {
                flatIds[layout.offset(i) + t] = sequences.get(i)[t];
                flatTypes[layout.offset(i) + t] = types.get(i)[t];
            }
        }
        return new TokenBatch(flatIds, flatTypes, layout);
    }

    /** Token ids, [tokens]; 0 where a virtual token stands. */
    public long[] ids() {
        return ids.clone();
    }

    /** Where virtual tokens stand. */
    public VirtualRows virtualRows() {
        return virtual;
    }

    /** Token types, [tokens]. */
    public long[] types() {
        return types.clone();
    }

    /**
     * Token types for a model that knows so many, [tokens].
     *
     * <p>A model with one type gets no types from its tokenizer in transformers, so that all are 0.
     */
    long[] types(int known) {
        if (known == 1) {
            return new long[types.length];
        }
        for (long type : types) {
            if (type < 0 || type >= known) {
                throw new IllegalArgumentException("token type " + type + " is outside the model's " + known);
            }
        }
        return types();
    }

    /** Where each sequence lies. */
    public Sequences sequences() {
        return sequences;
    }

    /** Refuses ids outside the vocabulary before they reach native code. */
    void requireVocabulary(int vocabulary) {
        for (long id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new IllegalArgumentException(
                        "token id " + id + " is outside the model's vocabulary of " + vocabulary);
            }
        }
    }
}
