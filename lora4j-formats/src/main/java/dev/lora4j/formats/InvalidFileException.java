package dev.lora4j.formats;

import java.io.Serial;

/** The content of a file is not what its format allows. */
public final class InvalidFileException extends Lora4jException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A message that starts with the file.
     *
     * @param file a path, or the name of a resource
     */
    public InvalidFileException(Object file, String problem) {
        super(file + ": " + problem);
    }

    /** The same, with what was thrown underneath. */
    public InvalidFileException(Object file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
