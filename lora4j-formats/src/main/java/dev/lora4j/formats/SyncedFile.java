package dev.lora4j.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Locale;

/** Writes one new file and makes its bytes survive a power failure. */
final class SyncedFile {
    private SyncedFile() {}

    /**
     * Writes and forces; the caller removes what is left after a failure.
     *
     * @param file where the bytes go
     * @param called the path that messages name
     */
    static void write(Disk disk, Path file, Path called, FileContent content) {
        long written = 0;
        try (Disk.Output output = disk.create(file)) {
            Counting counting = new Counting(output);
            try {
                content.writeTo(counting);
                output.force();
            } finally {
                written = counting.written;
            }
        } catch (IOException e) {
            throw failure(disk, file, called, content.size().orElse(written + 1), written, e);
        }
        long size = content.size().orElse(written);
        if (written != size) {
            throw new Lora4jException(called + ": " + size + " bytes were announced, " + written + " were produced");
        }
    }

    private static Lora4jException failure(
            Disk disk, Path file, Path called, long needed, long written, IOException cause) {
        try {
            long free = disk.free(file.toAbsolutePath().resolveSibling("")) + written;
            if (free < needed || saysFull(cause)) {
                return new DiskFullException(called, needed, free, cause);
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        return FileAccessException.writing(called, cause);
    }

    private static boolean saysFull(IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left")
                || message.contains("quota exceeded")
                || message.contains("not enough space");
    }

    private static final class Counting implements WritableByteChannel {
        private final WritableByteChannel to;
        private long written;

        Counting(WritableByteChannel to) {
            this.to = to;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int bytes = to.write(source);
            written += bytes;
            return bytes;
        }

        @Override
        public boolean isOpen() {
            return to.isOpen();
        }

        @Override
        public void close() {} // the file is closed where it was opened, after it was forced
    }
}
