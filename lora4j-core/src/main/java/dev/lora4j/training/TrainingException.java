package dev.lora4j.training;

import dev.lora4j.formats.Lora4jException;

/** A run cannot start, go on or be resumed. */
public final class TrainingException extends Lora4jException {
    private static final long serialVersionUID = 1L;

    /** Says what was found, what was expected and what to do. */
    public TrainingException(String message) {
        super(message);
    }
}
