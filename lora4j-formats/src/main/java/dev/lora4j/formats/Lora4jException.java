package dev.lora4j.formats;

import java.io.Serial;

/** The root of everything that lora4j throws on purpose. */
public class Lora4jException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** One clear sentence: what and where, found, expected, what to do. */
    public Lora4jException(String message) {
        super(message);
    }

    /** The same, with what was thrown underneath. */
    public Lora4jException(String message, Throwable cause) {
        super(message, cause);
    }
}
