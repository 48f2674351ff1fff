package dev.lora4j.samples;

import dev.lora4j.formats.Lora4jException;
import java.io.Serial;

/** The embedded data or model is missing, damaged or cannot be copied. */
public final class SampleDataException extends Lora4jException {
    @Serial
    private static final long serialVersionUID = 1L;

    SampleDataException(String message) {
        super(message);
    }

    SampleDataException(String message, Throwable cause) {
        super(message, cause);
    }
}
