package dev.lora4j.formats;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file or folder is missing, or the operating system refuses to read or write it. */
public final class FileAccessException extends Lora4jException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** A message that starts with the path. */
    public FileAccessException(Path path, String problem) {
        super(path + ": " + problem);
    }

    private FileAccessException(Path path, String problem, IOException cause) {
        super(path + ": " + problem, cause);
    }

    /** The failed read of a file, in words. */
    public static FileAccessException reading(Path path, IOException cause) {
        return new FileAccessException(path, "cannot be read: " + reason(cause), cause);
    }

    /** The failed write of a file, in words. */
    public static FileAccessException writing(Path path, IOException cause) {
        return new FileAccessException(path, "cannot be written: " + reason(cause), cause);
    }

    private static String reason(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "it does not exist";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
