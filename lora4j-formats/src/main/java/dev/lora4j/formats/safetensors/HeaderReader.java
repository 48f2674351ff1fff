package dev.lora4j.formats.safetensors;

import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The header's JSON as a stream of characters, so that it never lies in memory as a whole. */
final class HeaderReader implements ReadableByteChannel {
    private static final int BUFFER = 1 << 16;

    private final FileChannel channel;
    private final long end;
    private long position = HeaderBounds.PREFIX;

    private HeaderReader(FileChannel channel, long end) {
        this.channel = channel;
        this.end = end;
    }

    /** A reader that throws {@link java.nio.charset.CharacterCodingException} at bytes that are not UTF-8. */
    static Reader of(FileChannel channel, long end) {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return Channels.newReader(new HeaderReader(channel, end), decoder, BUFFER);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        long left = end - position;
        if (left <= 0) {
            return -1;
        }
        int limit = into.limit();
        into.limit(into.position() + (int) Math.min(left, into.remaining()));
        try {
            int bytes = channel.read(into, position);
            if (bytes < 0) {
                throw new IOException("it became shorter while it was read");
            }
            position += bytes;
            return bytes;
        } finally {
            into.limit(limit);
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() {} // the file belongs to the caller
}
