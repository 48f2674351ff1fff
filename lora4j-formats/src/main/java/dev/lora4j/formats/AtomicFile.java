package dev.lora4j.formats;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Replaces a file as a whole or not at all, also across a crash.
 *
 * <p>A new file beside it is written and forced to the disk, then renamed over the old one, then the folder is forced.
 * Whoever has the old file open or mapped keeps reading the old bytes.
 */
public final class AtomicFile {
    private static final Pattern TEMPORARY = Pattern.compile(".+\\.tmp-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private AtomicFile() {}

    /**
     * Writes on the disk of this machine.
     *
     * @throws DiskFullException if it does not fit; the old file is intact, as after any other failure
     */
    public static void write(Path target, FileContent content) {
        write(Disk.real(), target, content);
    }

    /** Writes text in UTF-8. */
    public static void writeString(Path target, String text) {
        write(target, FileContent.text(text));
    }

    /** Writes on the given disk. */
    public static void write(Disk disk, Path target, FileContent content) {
        Path file = target.toAbsolutePath();
        Path folder = file.getParent();
        if (folder == null) {
            throw new FileAccessException(target, "is not a file that can be written");
        }
        Path temporary = temporary(file);
        try {
            disk.createDirectories(folder);
            SyncedFile.write(disk, temporary, target, content);
            disk.move(temporary, file);
            disk.forceDirectory(folder);
        } catch (IOException e) {
            discard(disk, temporary, e);
            throw FileAccessException.writing(target, e);
        } catch (RuntimeException | Error e) {
            discard(disk, temporary, e);
            throw e;
        }
    }

    /** Copies a resource to a file unless the file exists, which means that it is complete. */
    public static void copyIfAbsent(InputStream source, Path target) {
        if (!Files.exists(target)) {
            write(target, channel -> source.transferTo(Channels.newOutputStream(channel)));
        }
    }

    /** Whether a file or folder was being written when its process was killed, and may be removed. */
    public static boolean isTemporary(Path path) {
        return path.getFileName() != null
                && TEMPORARY.matcher(path.getFileName().toString()).matches();
    }

    static Path temporary(Path target) {
        return target.resolveSibling(target.getFileName() + ".tmp-" + UUID.randomUUID());
    }

    static void discard(Disk disk, Path temporary, Throwable failure) {
        try {
            disk.delete(temporary);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
