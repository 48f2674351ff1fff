package dev.lora4j.formats.gguf;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;

/**
 * An open GGUF file of version 2 or 3: metadata and tensors under their own names.
 *
 * <p>Immutable and safe for several threads. The file is mapped, so it must not be truncated while in use; nothing
 * has to be closed, the mapping goes with the object.
 */
public final class GgufFile {
    private final Path path;
    private final MappedBytes bytes;
    private final GgufHeader header;

    private GgufFile(Path path, MappedBytes bytes, GgufHeader header) {
        this.path = path;
        this.bytes = bytes;
        this.header = header;
    }

    /**
     * Maps a file and validates its whole header.
     *
     * @throws dev.lora4j.formats.InvalidFileException where the header breaks the format or a limit
     * @throws FileAccessException where the file cannot be read
     */
    public static GgufFile open(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MappedBytes bytes = MappedBytes.map(channel);
            return new GgufFile(path, bytes, GgufHeader.read(new GgufCursor(path, bytes)));
        } catch (IOException e) {
            throw FileAccessException.reading(path, e);
        }
    }

    public Path path() {
        return path;
    }

    public int version() {
        return header.version();
    }

    public GgufMetadata metadata() {
        return header.metadata();
    }

    /** All tensors by name, in the order of the file. */
    public Map<String, GgufTensor> tensors() {
        return Collections.unmodifiableMap(header.tensors());
    }

    /**
     * The tensor of this name.
     *
     * @throws dev.lora4j.formats.InvalidFileException where there is none
     */
    public GgufTensor tensor(String name) {
        GgufTensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new InvalidFileException(path, "has no tensor \"" + name + "\"");
        }
        return tensor;
    }

    /** The float32 values of a tensor of this file. */
    public StoredTensor.CompressedDecoder decoder(GgufTensor tensor) {
        return reader(tensor);
    }

    BlockReader reader(GgufTensor tensor) {
        return new BlockReader(bytes, tensor);
    }
}
