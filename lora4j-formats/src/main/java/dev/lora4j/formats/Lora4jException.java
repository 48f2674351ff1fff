package dev.lora4j.formats;

/** Root of every error that lora4j reports on purpose. */
public class Lora4jException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Lora4jException(String message) {
        super(message);
    }

    public Lora4jException(String message, Throwable cause) {
        super(message, cause);
    }
}
