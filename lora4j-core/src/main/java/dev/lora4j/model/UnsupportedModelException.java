package dev.lora4j.model;

import dev.lora4j.formats.Lora4jException;

/** A model says something in its configuration or files that is not done here. */
public final class UnsupportedModelException extends Lora4jException {
    private static final long serialVersionUID = 1L;

    /** Says which model, what was found and what is expected. */
    public UnsupportedModelException(String message) {
        super(message);
    }
}
