package dev.lora4j.generation;

import java.util.Optional;
import java.util.OptionalInt;

/** Takes the tokens of one sequence as they come and may end it. */
interface TokenSink {
    /** What is to become of the sequence. */
    enum Verdict {
        GO_ON,
        STOP,
        CANCEL
    }

    /** How many of the likeliest tokens it wants to know with each; empty for no scores at all. */
    OptionalInt likeliest();

    /**
     * Takes a token that is no stop token.
     *
     * @param scores there if it wants them
     */
    Verdict accept(int token, Optional<TokenScores> scores);

    /**
     * Gives out what was held back; called once, when the sequence ends otherwise than by a verdict.
     *
     * @return true if that completed a stop string
     */
    boolean end();

    /** All text so far; empty where tokens have none. */
    String text();

    /** Passes tokens on as they are. */
    static TokenSink of(TokenListener listener) {
        return new TokenSink() {
            @Override
            public OptionalInt likeliest() {
                return OptionalInt.empty();
            }

            @Override
            public Verdict accept(int token, Optional<TokenScores> scores) {
                return listener.token(token) ? Verdict.GO_ON : Verdict.CANCEL;
            }

            @Override
            public boolean end() {
                return false;
            }

            @Override
            public String text() {
                return "";
            }
        };
    }
}
