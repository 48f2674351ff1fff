package dev.lora4j.generation;

/** Takes the tokens of one sequence as they come and may end it. */
interface TokenSink {
    /** What is to become of the sequence. */
    enum Verdict {
        GO_ON,
        STOP,
        CANCEL
    }

    /** Takes a token that is no stop token. */
    Verdict accept(int token);

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
            public Verdict accept(int token) {
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
