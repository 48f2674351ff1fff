package dev.lora4j.generation;

/** Hears the text of a sequence in pieces of whole characters, never any part of a stop string. */
@FunctionalInterface
public interface TextListener {
    /** Wants all text and does nothing with it. */
    TextListener NONE = piece -> true;

    /**
     * Hears a piece, which is not empty.
     *
     * @return false to end the sequence
     */
    boolean text(String piece);
}
