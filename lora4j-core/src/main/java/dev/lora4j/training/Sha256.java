package dev.lora4j.training;

import dev.lora4j.formats.FileContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.OptionalLong;

/** Size and SHA-256 of the bytes of a file while they are written or read, however many they are. */
final class Sha256 {
    private static final int BUFFER = 1 << 20;

    private final MessageDigest digest;
    private long bytes;

    private Sha256() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Of what a file has now. */
    static Sha256 of(Path file) throws IOException {
        Sha256 sum = new Sha256();
        try (InputStream input = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                sum.add(ByteBuffer.wrap(buffer, 0, count));
            }
        }
        return sum;
    }

    /** Of what a file is about to get: complete when the content has been written. */
    static Sha256 none() {
        return new Sha256();
    }

    /** The same content, summed up while it is written. */
    FileContent of(FileContent content) {
        return new FileContent() {
            @Override
            public void writeTo(WritableByteChannel channel) throws IOException {
                content.writeTo(new Through(channel));
            }

            @Override
            public OptionalLong size() {
                return content.size();
            }
        };
    }

    private void add(ByteBuffer source) {
        bytes += source.remaining();
        digest.update(source);
    }

    long bytes() {
        return bytes;
    }

    /** In hexadecimal; once. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private final class Through implements WritableByteChannel {
        private final WritableByteChannel to;

        Through(WritableByteChannel to) {
            this.to = to;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            ByteBuffer seen = source.duplicate();
            int written = to.write(source);
            add(seen.limit(seen.position() + written));
            return written;
        }

        @Override
        public boolean isOpen() {
            return to.isOpen();
        }

        @Override
        public void close() throws IOException {
            to.close();
        }
    }
}
