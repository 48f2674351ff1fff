package dev.lora4j.formats;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * The few operations that a durable write is made of.
 *
 * <p>Everything that saves goes through it, so that tests can fill the disk, or crash, between any two of them.
 */
public interface Disk {
    /** The disk of this machine. */
    static Disk real() {
        return RealDisk.INSTANCE;
    }

    /** Opens a new file; fails if there is one. */
    Output create(Path file) throws IOException;

    /** Creates a folder and the missing ones above it. */
    void createDirectories(Path folder) throws IOException;

    /** Renames within one file system in one step, replacing a file or an empty folder. */
    void move(Path from, Path to) throws IOException;

    /** Makes the names in a folder survive a power failure. */
    void forceDirectory(Path folder) throws IOException;

    /** Deletes a file, or a folder with all that is in it, if it exists. */
    void delete(Path path) throws IOException;

    /** How many bytes can still be written where the folder lies. */
    long free(Path folder) throws IOException;

    /** A file being written. */
    interface Output extends WritableByteChannel {
        /** Makes the bytes written so far survive a power failure. */
        void force() throws IOException;
    }
}
