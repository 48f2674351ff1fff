package dev.lora4j.formats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/** The bytes that a file will have, produced when it is written. */
@FunctionalInterface
public interface FileContent {
    /** Writes all bytes in order; may be called again for another file. */
    void writeTo(WritableByteChannel channel) throws IOException;

    /** How many bytes that will be, if known before; it makes the message about a full disk exact. */
    default OptionalLong size() {
        return OptionalLong.empty();
    }

    /** Text in UTF-8. */
    static FileContent text(String text) {
        return bytes(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The bytes between position and limit, which this call does not move. */
    static FileContent bytes(ByteBuffer bytes) {
        ByteBuffer source = bytes.asReadOnlyBuffer();
        return sized(source.remaining(), channel -> {
            ByteBuffer rest = source.duplicate();
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
        });
    }

    /** Content whose size is known before it is produced. */
    static FileContent sized(long size, FileContent content) {
        return new SizedContent(size, content);
    }
}
