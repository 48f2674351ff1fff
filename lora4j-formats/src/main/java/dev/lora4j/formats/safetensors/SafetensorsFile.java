package dev.lora4j.formats.safetensors;

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
 * A safetensors file whose header was found to be valid.
 *
 * <p>The format: the header's length (8 bytes, little-endian), the header (JSON), then the tensors' bytes without a
 * gap. The checks are those of the reference implementation (huggingface/safetensors, {@code tensor.rs}). Immutable;
 * keeps no file open.
 */
public final class SafetensorsFile {
    /** The longest header that is read, as in the reference implementation. */
    public static final long MAX_HEADER_BYTES = 100_000_000;

    private final Path path;
    private final Map<String, String> metadata;
    private final Map<String, StoredTensor.Mapped> tensors;

    private SafetensorsFile(Path path, Map<String, String> metadata, Map<String, StoredTensor.Mapped> tensors) {
        this.path = path;
        this.metadata = Collections.unmodifiableMap(metadata);
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    /**
     * Reads and checks the header; no tensor is read.
     *
     * @throws InvalidFileException if any part of the header or the layout is wrong
     */
    public static SafetensorsFile open(Path path) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            HeaderBounds bounds = HeaderBounds.find(path, channel);
            Header header = new HeaderParser(path, bounds).parse(channel);
            Layout.check(path, bounds, header.tensors().values());
            return new SafetensorsFile(path, header.metadata(), header.tensors());
        } catch (IOException e) {
            throw FileAccessException.reading(path, e);
        }
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** The strings under {@code __metadata__}; empty if there are none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The tensors by name, in the order of the header. */
    public Map<String, StoredTensor.Mapped> tensors() {
        return tensors;
    }

    /**
     * One tensor.
     *
     * @throws InvalidFileException if the file has no tensor of this name
     */
    public StoredTensor.Mapped tensor(String name) {
        StoredTensor.Mapped tensor = tensors.get(name);
        if (tensor == null) {
            throw new InvalidFileException(path, "has no tensor \"" + name + "\" among its " + tensors.size());
        }
        return tensor;
    }
}
