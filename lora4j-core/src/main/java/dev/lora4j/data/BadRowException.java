package dev.lora4j.data;

import dev.lora4j.formats.Lora4jException;
import java.io.Serial;

/** A row of the user's data cannot be learned from. */
public final class BadRowException extends Lora4jException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A message that starts with the place of the row. */
    public BadRowException(RowOrigin origin, String problem) {
        super(origin + ": " + problem);
    }

    /** The same, with what was thrown underneath. */
    public BadRowException(RowOrigin origin, String problem, Throwable cause) {
        super(origin + ": " + problem, cause);
    }
}
