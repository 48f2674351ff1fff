package dev.lora4j.evaluation;

import dev.lora4j.data.Example;
import dev.lora4j.data.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Tokens to continue and the text that is expected.
 *
 * @param prompt tokens
 * @param reference the expected text
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; never compared
public record Question(int[] prompt, String reference) {
    /** Copies the tokens. */
    public Question {
        prompt = prompt.clone();
    }

    @Override
    public int[] prompt() {
        return prompt.clone();
    }

    /**
     * The last answer of an example as a question: all before it is the prompt.
     *
     * <p>Of a prompt and completion the answer is the completion; of a conversation it is what the assistant says last.
     */
    public static Question of(Example example, Tokenizer tokenizer) {
        BitSet trained = new BitSet();
        for (int i = 0; i < example.length(); i++) {
            trained.set(i, example.trained(i));
        }
        if (trained.isEmpty()) {
            throw new IllegalArgumentException(example.origin() + ": has no answer");
        }
        int end = trained.length();
        int start = trained.previousClearBit(end - 1) + 1;
        int[] tokens = example.tokens();
        return new Question(
                Arrays.copyOf(tokens, start), tokenizer.decode(Arrays.copyOfRange(tokens, start, end), true));
    }
}
