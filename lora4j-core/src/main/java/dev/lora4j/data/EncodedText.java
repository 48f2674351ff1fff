package dev.lora4j.data;

import java.util.Arrays;

/** Text as tokens, with what the tokenizer knows about each of them. Immutable. */
public final class EncodedText {
    private final int[] ids;
    private final int[] types;
    private final int[] sequences;
    private final TokenSpans spans;

    /**
     * Takes its arrays.
     *
     * @param sequences which of the texts given a token comes from, or −1 for one that the tokenizer added
     */
    EncodedText(int[] ids, int[] types, int[] sequences, TokenSpans spans) {
        this.ids = ids;
        this.types = types;
        this.sequences = sequences;
        this.spans = spans;
    }

    /** The number of tokens. */
    public int length() {
        return ids.length;
    }

    /** The token ids, as a copy. */
    public int[] ids() {
        return ids.clone();
    }

    /** The token_type_id of each token, as a copy. */
    public int[] types() {
        return types.clone();
    }

    /** Which of the texts the token at a position comes from: 0, 1, or −1 where it is in neither of them. */
    int sequence(int position) {
        return sequences[position];
    }

    /** Where in the text the tokens stand. */
    TokenSpans spans() {
        return spans;
    }

    /** Only the tokens at some positions, which no longer know their place in the text. */
    EncodedText at(int[] positions) {
        return new EncodedText(
                pick(ids, positions), pick(types, positions), pick(sequences, positions), TokenSpans.NONE);
    }

    private static int[] pick(int[] values, int[] positions) {
        return Arrays.stream(positions).map(position -> values[position]).toArray();
    }

    /** The ids without those that the tokenizer added after the text, such as BERT's {@code [SEP]}. */
    int[] idsWithoutTrailingSpecials() {
        int end = ids.length;
        while (end > 0 && sequences[end - 1] < 0) {
            end--;
        }
        // an empty text leaves only the specials before it, of which there is no telling which they are
        return Arrays.copyOf(ids, end);
    }
}
