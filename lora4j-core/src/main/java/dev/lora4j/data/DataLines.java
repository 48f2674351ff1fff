package dev.lora4j.data;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The lines of a data file, none of them longer than allowed.
 *
 * <p>A byte order mark before the first is left out, a carriage return after each too. Confined to one thread.
 */
final class DataLines implements AutoCloseable {
    /** The longest line, in bytes; a row of a million tokens has about four million. */
    static final int MAX_LINE_BYTES = 16 << 20;

    private final Path file;
    private final InputStream bytes;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;
    private long line;

    private DataLines(Path file, InputStream bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    static DataLines open(Path file) {
        return new DataLines(file, stream(file));
    }

    /** The bytes of a file after its byte order mark, unpacked if its name ends with {@code .gz}. */
    static InputStream stream(Path file) {
        try {
            InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
            InputStream bytes =
                    DataFormat.isPacked(file) ? new BufferedInputStream(new GZIPInputStream(raw), 1 << 16) : raw;
            bytes.mark(3);
            String start = HexFormat.of().formatHex(bytes.readNBytes(3));
            if (start.startsWith("fffe") || start.startsWith("feff")) {
                throw new InvalidFileException(
                        file, "is UTF-16 text, expected UTF-8; convert it with iconv -f UTF-16 -t UTF-8");
            }
            if (!start.equals("efbbbf")) {
                bytes.reset();
            }
            return bytes;
        } catch (IOException e) {
            throw FileAccessException.reading(file, e);
        }
    }

    /** One line without its end, and whether it was longer than allowed, so that it is only its beginning. */
    static final class Line {
        private final RowOrigin origin;
        private final byte[] bytes;
        private final long length;

        private Line(RowOrigin origin, byte[] bytes, long length) {
            this.origin = origin;
            this.bytes = bytes;
            this.length = length;
        }

        RowOrigin origin() {
            return origin;
        }

        boolean isBlank() {
            for (byte b : bytes) {
                if (b != ' ' && b != '\t') {
                    return false;
                }
            }
            return true;
        }

        /** The line as text. */
        String text() {
            if (length > MAX_LINE_BYTES) {
                throw new BadRowException(
                        origin, "has " + length + " bytes, at most " + MAX_LINE_BYTES + " are allowed; split it");
            }
            return RowText.decode(bytes, origin);
        }
    }

    /** The next line that is not blank, or empty at the end. */
    Optional<Line> next() {
        try {
            Optional<Line> next = read();
            while (next.isPresent() && next.get().isBlank()) {
                next = read();
            }
            return next;
        } catch (IOException e) {
            throw FileAccessException.reading(file, e);
        }
    }

    private Optional<Line> read() throws IOException {
        if (!fill()) {
            return Optional.empty();
        }
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        long length = 0;
        boolean ended = false;
        while (!ended && fill()) {
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            ended = end < filled;
            kept.write(buffer, at, Math.min(end - at, MAX_LINE_BYTES - kept.size()));
            length += end - at;
            at = ended ? end + 1 : end;
        }
        line++;
        byte[] content = kept.toByteArray();
        if (length == content.length && length > 0 && content[content.length - 1] == '\r') {
            content = Arrays.copyOf(content, content.length - 1);
            length--;
        }
        return Optional.of(new Line(DataFormat.origin(file, line), content, length));
    }

    /** Whether there is a byte at hand. */
    private boolean fill() throws IOException {
        if (at == filled) {
            at = 0;
            filled = Math.max(0, bytes.read(buffer));
        }
        return filled > 0;
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw FileAccessException.reading(file, e);
        }
    }
}
