package dev.lora4j.formats.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Safetensors files made byte by byte, and their bytes read back. */
final class RawFile {
    private RawFile() {}

    static byte[] of(String header, int dataBytes) {
        return of(header.getBytes(UTF_8), dataBytes);
    }

    static byte[] of(byte[] header, int dataBytes) {
        return withLength(header.length, header, dataBytes);
    }

    static byte[] withLength(long announced, byte[] header, int dataBytes) {
        ByteBuffer file =
                ByteBuffer.allocate(Long.BYTES + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        return file.putLong(announced).put(header).array();
    }

    static Path write(Path folder, byte[] bytes) {
        try {
            return Files.write(folder.resolve("x.safetensors"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] golden(String name) throws IOException {
        try (InputStream in = RawFile.class.getResourceAsStream("/safetensors/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    static ByteBuffer read(StoredTensor.Mapped tensor) throws IOException {
        try (FileChannel channel = FileChannel.open(tensor.file())) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(bytes, tensor.offset());
            return bytes.flip();
        }
    }
}
