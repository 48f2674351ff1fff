package dev.lora4j.generation;

import dev.lora4j.formats.Lora4jException;
import java.util.Optional;

/**
 * What a model made of a prompt.
 *
 * @param tokens the new ones, a stop token that ended them included
 * @param text of the tokens without special ones and up to a stop string; empty if no tokenizer was given
 * @param promptTokens how many tokens the prompt has
 * @param seconds from the moment it was asked for
 * @param failure why it failed, if it did
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out; never compared
public record Generation(
        int[] tokens,
        String text,
        FinishReason finishReason,
        int promptTokens,
        double seconds,
        Optional<Lora4jException> failure) {
    /** Copies the tokens. */
    public Generation {
        tokens = tokens.clone();
    }

    @Override
    public int[] tokens() {
        return tokens.clone();
    }

    /** New tokens per second, the reading of the prompt included. */
    public double tokensPerSecond() {
        return seconds > 0 ? tokens.length / seconds : 0;
    }

    /** Itself, unless it failed. */
    Generation orThrow() {
        if (failure.isPresent()) {
            throw failure.get();
        }
        return this;
    }
}
