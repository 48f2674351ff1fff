package dev.lora4j.data;

import dev.lora4j.tensor.DropoutStream;

/**
 * The order in which an epoch takes the rows of a data set.
 *
 * <p>A permutation that depends on the seed, the epoch and the number of rows alone, never on what was drawn before: a run
 * that resumes at an epoch and a position goes on with the rows that it would have taken. Immutable.
 */
public final class ShuffledOrder {
    private final int[] rows;

    private ShuffledOrder(int[] rows) {
        this.rows = rows;
    }

    /** The order of one epoch (Fisher and Yates, with SplitMix64 as the source of numbers). */
    public static ShuffledOrder of(int size, long seed, long epoch) {
        int[] rows = new int[size];
        long key = DropoutStream.mix(seed ^ DropoutStream.mix(epoch));
        for (int i = 0; i < size; i++) {
            // every number from 0 to i alike; the bias of the remainder of 63 bits is below 2⁻³²
            int other = (int) ((DropoutStream.mix(key ^ DropoutStream.mix(i)) >>> 1) % (i + 1));
            rows[i] = rows[other];
            rows[other] = i;
        }
        return new ShuffledOrder(rows);
    }

    /** The number of rows. */
    public int size() {
        return rows.length;
    }

    /** The row at a position of the epoch. */
    public int row(int position) {
        return rows[position];
    }
}
