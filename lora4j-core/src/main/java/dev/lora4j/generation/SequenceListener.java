package dev.lora4j.generation;

import java.util.Optional;
import java.util.OptionalInt;

/** Hears each new token of a sequence, how likely it was, and the text that it makes readable. */
public interface SequenceListener {
    /** How many of the likeliest tokens are to be told with each; empty if nothing about likelihoods is wanted. */
    OptionalInt likeliest();

    /**
     * Hears a token that is no stop token.
     *
     * @param scores there if they are wanted
     * @param text whole characters, never any part of a stop string; may be empty
     * @return false to end the sequence
     */
    boolean token(int id, Optional<TokenScores> scores, String text);

    /** Hears text that was held back and is seen now that the sequence has ended. */
    void rest(String text);

    /** Passes on the text alone. */
    static SequenceListener of(TextListener listener) {
        return new SequenceListener() {
            @Override
            public OptionalInt likeliest() {
                return OptionalInt.empty();
            }

            @Override
            public boolean token(int id, Optional<TokenScores> scores, String text) {
                return text.isEmpty() || listener.text(text);
            }

            @Override
            public void rest(String text) {
                listener.text(text);
            }
        };
    }
}
