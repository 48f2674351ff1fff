package dev.lora4j.server.finetuning;

import dev.lora4j.formats.FileAccessException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that comes piece by piece; unless it is kept, closing it removes it. Confined to one thread. */
public final class Upload implements AutoCloseable {
    private final Path path;
    private final long most;
    private final FileChannel channel;
    private long bytes;

    private Upload(Path path, long most, FileChannel channel) {
        this.path = path;
        this.most = most;
        this.channel = channel;
    }

    static Upload into(Path path, long most) {
        try {
            return new Upload(
                    path, most, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw FileAccessException.writing(path, e);
        }
    }

    /**
     * Takes the next bytes.
     *
     * @throws RefusedException if there are more than allowed
     */
    public void write(ByteBuffer piece) {
        bytes += piece.remaining();
        if (bytes > most) {
            throw RefusedException.tooLarge("the file has more than " + most + " bytes, which is this server's limit");
        }
        try {
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        } catch (IOException e) {
            throw FileAccessException.writing(path, e);
        }
    }

    Path path() {
        return path;
    }

    long bytes() {
        return bytes;
    }

    /** Everything has come: makes it survive a power failure. */
    void end() {
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw FileAccessException.writing(path, e);
        }
    }

    void keepAs(Path target) {
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel folder =
                    FileChannel.open(path.toAbsolutePath().resolveSibling(""), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw FileAccessException.writing(target, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw FileAccessException.writing(path, e);
        }
    }
}
