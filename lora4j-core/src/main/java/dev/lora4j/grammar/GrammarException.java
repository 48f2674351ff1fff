package dev.lora4j.grammar;

import dev.lora4j.formats.Lora4jException;

/** A schema asks for what cannot be held, or a text can go on in no way that its grammar allows. */
public final class GrammarException extends Lora4jException {
    private static final long serialVersionUID = 1L;

    /** Says what was found and what to do. */
    public GrammarException(String message) {
        super(message);
    }

    static GrammarException at(String path, String message) {
        return new GrammarException(path + ": " + message);
    }
}
