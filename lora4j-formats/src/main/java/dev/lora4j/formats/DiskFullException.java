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
     * @param free what was free without the file
     */
    DiskFullException(Path file, long needed, long free, IOException cause) {
        super(
                file + ": the disk is full: needs " + needed + " bytes, " + free
                        + " are free; nothing was changed; free some space or save elsewhere",
                cause);
    }
}
