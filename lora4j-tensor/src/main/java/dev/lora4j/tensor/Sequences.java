package dev.lora4j.tensor;

import java.util.Arrays;

/**
 * Where sequences lie in a flat batch: sequence i owns the rows from {@code offset(i)} to {@code offset(i + 1)}.
 *
 * <p>Immutable.
 */
public final class Sequences {
    private final int[] offsets;

    private Sequences(int[] offsets) {
        this.offsets = offsets;
    }

    /** Sequences of these lengths, one after another; none may be empty. */
    public static Sequences ofLengths(int... lengths) {
        int[] offsets = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] <= 0) {
                throw new TensorException("sequence " + i + " has " + lengths[i] + " tokens; expected at least one");
            }
            offsets[i + 1] = Math.addExact(offsets[i], lengths[i]);
        }
        return new Sequences(offsets);
    }

    /** Number of sequences. */
    public int count() {
        return offsets.length - 1;
    }

    /** Number of tokens of all sequences. */
    public int tokens() {
        return offsets[offsets.length - 1];
    }

    /** First row of a sequence. */
    public int offset(int sequence) {
        return offsets[sequence];
    }

    /** Tokens of a sequence. */
    public int length(int sequence) {
        return offsets[sequence + 1] - offsets[sequence];
    }

    /** One past the last of the neighbouring sequences that are as long as the one given. */
    int endOfEqualLengths(int sequence) {
        int end = sequence + 1;
        while (end < count() && length(end) == length(sequence)) {
            end++;
        }
        return end;
    }

    /** Position of each token inside its sequence, [tokens]. */
    public long[] positions() {
        long[] positions = new long[tokens()];
        for (int i = 0; i < count(); i++) {
            for (int t = 0; t < length(i); t++) {
                positions[offsets[i] + t] = t;
            }
        }
        return positions;
    }

    /** Number of the sequence that each token belongs to, [tokens]. */
    public long[] ownerOfEachToken() {
        long[] owners = new long[tokens()];
        for (int i = 0; i < count(); i++) {
            Arrays.fill(owners, offsets[i], offsets[i + 1], i);
        }
        return owners;
    }

    /** Row of each sequence's first token, [sequences]. */
    public long[] firstTokens() {
        long[] rows = new long[count()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = offsets[i];
        }
        return rows;
    }

    float[] inverseLengths() {
        float[] inverse = new float[count()];
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = 1f / length(i);
        }
        return inverse;
    }
}
