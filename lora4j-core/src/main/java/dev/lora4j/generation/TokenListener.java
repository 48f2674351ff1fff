package dev.lora4j.generation;

/** Hears each new token of a sequence but the stop token that ends it. */
@FunctionalInterface
public interface TokenListener {
    /** Wants all tokens and does nothing with them. */
    TokenListener NONE = token -> true;

    /**
     * Hears a token.
     *
     * @return false to end the sequence
     */
    boolean token(int token);
}
