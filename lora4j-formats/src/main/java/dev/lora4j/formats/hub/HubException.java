package dev.lora4j.formats.hub;

import dev.lora4j.formats.Lora4jException;
import java.io.Serial;

/** The hub refused, could not be reached, or sent something other than it announced. */
public final class HubException extends Lora4jException {
    @Serial
    private static final long serialVersionUID = 1L;

    HubException(String message) {
        super(message);
    }

    HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
