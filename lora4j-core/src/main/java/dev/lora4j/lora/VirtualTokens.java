package dev.lora4j.lora;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The tokens of an adapter's own that stand in every text.
 *
 * @param at how many tokens of the text stand before them: 0 in a decoder, 1 in an encoder, whose first token is the class's
 * @param count how many; 0 for none
 */
public record VirtualTokens(int at, int count) {
    /** None. */
    public static final VirtualTokens NONE = new VirtualTokens(0, 0);

    /** Their ids: the n-th is −1 − n. */
    public int[] ids() {
        return IntStream.range(0, count).map(n -> -1 - n).toArray();
    }

    /** A text's tokens with these among them. */
    public int[] into(int[] tokens) {
        IntStream before = Arrays.stream(tokens, 0, at);
        IntStream after = Arrays.stream(tokens, at, tokens.length);
        return IntStream.concat(IntStream.concat(before, Arrays.stream(ids())), after)
                .toArray();
    }
}
