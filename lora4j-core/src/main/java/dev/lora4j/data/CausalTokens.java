package dev.lora4j.data;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Tokens with those to be learned, before it is known whether they fit.
 *
 * @param answer whether every learned token belongs to an answer, which must not lose its end
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
record CausalTokens(int[] ids, BitSet trained, boolean answer) {
    EncodedRow fit(EncodingSettings settings, RowOrigin origin) {
        int limit = settings.maxLength();
        if (ids.length <= limit) {
            return new EncodedRow.Whole(Example.causal(ids, trained, origin));
        }
        if (settings.longRows() != LongRows.TRUNCATE) {
            return new EncodedRow.TooLong(ids.length);
        }
        if (answer && trained.length() > limit) {
            throw new BadRowException(
                    origin,
                    "has " + ids.length + " tokens, and cutting it to " + limit
                            + " would cut into what is to be learned; raise --max-length, or shorten it");
        }
        BitSet kept = trained.get(0, limit);
        return new EncodedRow.Cut(Example.causal(Arrays.copyOf(ids, limit), kept, origin));
    }
}
