package dev.lora4j.formats.safetensors;

import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Where the parts of a safetensors file lie.
 *
 * @param jsonEnd where the header's JSON ends and its padding begins, from the start of the file
 * @param dataStart where the tensors begin
 * @param dataBytes how many bytes the tensors have
 */
record HeaderBounds(long jsonEnd, long dataStart, long dataBytes) {
    static final int PREFIX = 8;

    /** Checks the header's length and its first and last character, before anything is read or allocated for it. */
    static HeaderBounds find(Path path, FileChannel channel) throws IOException {
        long fileBytes = channel.size();
        if (fileBytes < PREFIX) {
            throw new InvalidFileException(
                    path, "has " + fileBytes + " bytes, a safetensors file begins with 8 for the header's length");
        }
        ByteBuffer prefix = read(channel, 0, PREFIX);
        long length = prefix.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        String found = Long.toUnsignedString(length);
        if (length < 0 || length > SafetensorsFile.MAX_HEADER_BYTES) {
            throw new InvalidFileException(
                    path,
                    "announces a header of " + found + " bytes, the limit is " + SafetensorsFile.MAX_HEADER_BYTES
                            + Disguise.hint(prefix));
        }
        if (length > fileBytes - PREFIX) {
            throw new InvalidFileException(
                    path, "announces a header of " + found + " bytes, but the file has only " + fileBytes);
        }
        if (length < 2 || read(channel, PREFIX, 1).get(0) != '{') {
            throw new InvalidFileException(path, "has a header of " + found + " bytes that does not begin with {");
        }
        long dataStart = PREFIX + length;
        return new HeaderBounds(endOfJson(path, channel, dataStart), dataStart, fileBytes - dataStart);
    }

    private static long endOfJson(Path path, FileChannel channel, long headerEnd) throws IOException {
        int chunk = 4096;
        long end = headerEnd;
        while (end > PREFIX) {
            int bytes = (int) Math.min(chunk, end - PREFIX);
            ByteBuffer tail = read(channel, end - bytes, bytes);
            for (int i = bytes - 1; i >= 0; i--, end--) {
                if (tail.get(i) == '}') {
                    return end;
                }
                if (tail.get(i) != ' ') {
                    throw new InvalidFileException(
                            path, "has a header that ends with byte " + tail.get(i) + ", only spaces may follow its }");
                }
            }
        }
        throw new InvalidFileException(path, "has a header without }");
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("it became shorter while it was read");
            }
        }
        return buffer.flip();
    }
}
