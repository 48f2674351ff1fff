package dev.lora4j.lora;

import dev.lora4j.formats.Lora4jException;

/** An adapter or its configuration does not fit the model, or says something that is not done here. */
public final class AdapterException extends Lora4jException {
    private static final long serialVersionUID = 1L;

    /** Says what was found, what was expected and what to do. */
    public AdapterException(String message) {
        super(message);
    }

    /** With what went wrong below. */
    public AdapterException(String message, Throwable cause) {
        super(message, cause);
    }
}
