package dev.lora4j.training;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Hidden states in a scratch file, which the operating system keeps in memory as long as there is room.
 *
 * <p>Read and written by position rather than mapped: a full disk is then an exception, not a signal that ends the
 * process. The file goes with its handle: on POSIX systems its name is gone as soon as it is open, elsewhere it is
 * removed when the process ends, however it ends.
 */
final class PrefixStatesInFile implements PrefixStates {
    /** Bytes that go through the heap at a time. */
    private static final int PIECE_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final int width;

    private PrefixStatesInFile(Path path, FileChannel channel, int width) {
        this.path = path;
        this.channel = channel;
        this.width = width;
    }

    /**
     * Creates the file.
     *
     * @throws TrainingException if the disk has not room for so many tokens
     */
    static PrefixStatesInFile create(Path path, long tokens, int width) {
        long bytes = Math.multiplyExact(tokens, (long) width * Float.BYTES);
        try {
            Path folder = path.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < bytes) {
                throw new TrainingException(
                        folder + ": the hidden states of the frozen layers take " + bytes / 1_000_000 + " MB, only "
                                + free / 1_000_000 + " MB are free; make room, or set prefix-cache to less or to 0");
            }
            FileChannel channel = FileChannel.open(
                    path,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            return new PrefixStatesInFile(path, channel, width);
        } catch (IOException e) {
            throw FileAccessException.writing(path, e);
        }
    }

    /** Removes a file that was left over. */
    static void discard(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw FileAccessException.writing(path, e);
        }
    }

    @Override
    public void write(long first, Tensor states) {
        long tokens = states.size(0);
        for (long start = 0; start < tokens; start += piece()) {
            long end = Math.min(tokens, start + piece());
            try (Scope scope = Scope.open()) {
                ByteBuffer bytes = buffer(end - start);
                bytes.asFloatBuffer().put(states.rows(start, end).toFloats());
                long position = position(first + start);
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes, position);
                }
            } catch (IOException e) {
                throw FileAccessException.writing(path, e);
            }
        }
    }

    @Override
    public void read(long first, Tensor into) {
        long tokens = into.size(0);
        for (long start = 0; start < tokens; start += piece()) {
            long end = Math.min(tokens, start + piece());
            ByteBuffer bytes = buffer(end - start);
            try (Scope scope = Scope.open()) {
                long position = position(first + start);
                while (bytes.hasRemaining()) {
                    int count = channel.read(bytes, position);
                    if (count < 0) {
                        throw new EOFException("it ends at byte " + position);
                    }
                    position += count;
                }
                float[] values = new float[bytes.capacity() / Float.BYTES];
                bytes.flip().asFloatBuffer().get(values);
                into.rows(start, end).writeFloats(0, values, values.length);
            } catch (IOException e) {
                throw FileAccessException.reading(path, e);
            }
        }
    }

    private int piece() {
        return Math.max(1, PIECE_BYTES / (width * Float.BYTES));
    }

    private ByteBuffer buffer(long tokens) {
        int bytes = Math.toIntExact(tokens * width * Float.BYTES);
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private long position(long token) {
        return token * width * Float.BYTES;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileAccessException.writing(path, e);
        }
        discard(path);
    }
}
