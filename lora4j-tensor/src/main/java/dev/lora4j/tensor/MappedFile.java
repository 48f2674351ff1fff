package dev.lora4j.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A file in memory, mapped or read, whose bytes can be seen as tensors without copying.
 *
 * <p>The mapping is private: nothing written to a tensor reaches the file. The caller has validated the file's header;
 * here only bounds and alignment are checked.
 */
public final class MappedFile implements AutoCloseable {
    private static final long PIECE = 16 << 20; // bytes read at a time

    private final Scope scope = Scope.shared();
    private final Path path;
    private final Tensor bytes;

    private MappedFile(Path path, Tensor bytes) {
        this.path = path;
        this.bytes = scope.keep(bytes);
    }

    /**
     * Maps a whole file.
     *
     * @throws TensorException if it is empty or cannot be read
     */
    public static MappedFile open(Path path) {
        try (Scope scope = Scope.open()) {
            long size = Files.size(path);
            if (size == 0) {
                throw new TensorException(path + ": the file is empty");
            }
            return new MappedFile(
                    path,
                    new Tensor(torch.from_file(
                            path.toString(), new BoolOptional(false), new LongOptional(size), DType.U8.options())));
        } catch (IOException e) {
            throw new TensorException(path + ": cannot be read", e);
        }
    }

    /**
     * Reads a whole file, so that nothing that becomes of it later matters: a mapped file that is cut off while it is
     * read takes the process with it.
     *
     * @throws TensorException if it is empty, grows shorter meanwhile or cannot be read
     */
    public static MappedFile read(Path path) {
        try (Scope scope = Scope.open();
                FileChannel channel = FileChannel.open(path)) {
            long size = channel.size();
            if (size == 0) {
                throw new TensorException(path + ": the file is empty");
            }
            Tensor bytes = Tensor.empty(DType.U8, size);
            try (BytePointer data = new BytePointer(bytes.at().data_ptr())) {
                for (long at = 0; at < size; ) {
                    ByteBuffer piece =
                            data.position(at).limit(Math.min(size, at + PIECE)).asByteBuffer();
                    int count = channel.read(piece, at);
                    if (count < 0) {
                        throw new TensorException(path + ": it ended after " + at + " of " + size + " bytes");
                    }
                    at += count;
                }
            }
            return new MappedFile(path, bytes);
        } catch (IOException e) {
            throw new TensorException(path + ": cannot be read", e);
        }
    }

    /**
     * A part of the file as a tensor: a view where the position allows it, else a copy.
     *
     * @param offset first byte
     * @return a tensor of the calling thread's scope; it keeps the mapping alive
     */
    public Tensor tensor(long offset, DType dtype, long... shape) {
        long size = dtype.bytes();
        for (long dimension : shape) {
            size = Math.multiplyExact(size, dimension);
        }
        if (offset < 0 || Math.addExact(offset, size) > bytes.elements()) {
            throw new TensorException(path + ": bytes " + offset + " to " + (offset + size)
                    + " are wanted, the file has " + bytes.elements());
        }
        Tensor part = bytes.narrow(0, offset, size);
        if (offset % dtype.bytes() != 0) {
            part = part.copy();
        }
        return new Tensor(part.at().view(dtype.scalarType())).view(shape);
    }

    @Override
    public void close() {
        scope.close();
    }
}
