package dev.lora4j.formats;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/** A file does not fit on its disk. */
public final class DiskFullException extends Lora4jException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * A message that names the file, what it needs and what there is.
     *
     * @param needed size of the file, or at least so much
     * @param free what is free without the file
     */
    public DiskFullException(Path file, long needed, long free) {
        super(message(file, needed, free));
    }

    DiskFullException(Path file, long needed, long free, IOException cause) {
        super(message(file, needed, free), cause);
    }

    private static String message(Path file, long needed, long free) {
        return file + ": the disk is full: needs " + needed + " bytes, " + free
                + " are free; nothing was changed; free some space or save elsewhere";
    }
}
