package dev.lora4j.formats.gguf;

import dev.lora4j.formats.InvalidFileException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads the little-endian header of a GGUF file front to back; confined to one thread. */
final class GgufCursor {
    private static final int SHOWN = 100;
    private static final Pattern CONTROL = Pattern.compile("\\p{C}");

    private final Path file;
    private final MappedBytes bytes;
    private final long end;
    private final byte[] scratch = new byte[Long.BYTES];
    private final ByteBuffer scalar = ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN);
    private long position;

    GgufCursor(Path file, MappedBytes bytes) {
        this.file = file;
        this.bytes = bytes;
        this.end = Math.min(bytes.size(), GgufLimits.MAX_HEADER_BYTES);
    }

    Path file() {
        return file;
    }

    long position() {
        return position;
    }

    long fileSize() {
        return bytes.size();
    }

    byte int8(String what) {
        return take(1, what).get(0);
    }

    short int16(String what) {
        return take(Short.BYTES, what).getShort(0);
    }

    int int32(String what) {
        return take(Integer.BYTES, what).getInt(0);
    }

    long int64(String what) {
        return take(Long.BYTES, what).getLong(0);
    }

    float float32(String what) {
        return take(Float.BYTES, what).getFloat(0);
    }

    double float64(String what) {
        return take(Double.BYTES, what).getDouble(0);
    }

    long uint32(String what) {
        return Integer.toUnsignedLong(int32(what));
    }

    /** An unsigned 64-bit number, refused where a long cannot hold it. */
    long uint64(String what) {
        long value = int64(what);
        if (value < 0) {
            throw invalid(what + " is " + Long.toUnsignedString(value) + ", expected less than 2^63");
        }
        return value;
    }

    /** A count of things that take at least {@code bytesEach} bytes of this header, refused above the limit. */
    long count(String what, long limit, int bytesEach) {
        long value = int64(what);
        if (value < 0 || value > limit) {
            throw invalid(what + " is " + Long.toUnsignedString(value) + ", expected at most " + limit);
        }
        if (value > (end - position) / bytesEach) {
            throw invalid(what + " is " + value + ", but only " + (end - position) + " bytes follow it"
                    + "; the file is truncated or damaged");
        }
        return value;
    }

    String string(String what, long limit) {
        long stated = int64(what);
        if (stated < 0 || stated > Math.min(limit, end - position)) {
            throw invalid("the length of " + what + " is " + Long.toUnsignedString(stated) + ", expected at most "
                    + limit + " and no more than the " + (end - position) + " bytes that follow");
        }
        int length = (int) stated;
        byte[] utf8 = new byte[length];
        bytes.copy(position, utf8, 0, length);
        position += length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw invalid(what + " at byte " + (position - length) + " is not UTF-8");
        }
    }

    /** A name out of the file for a message: short, and without characters that a terminal would act on. */
    static String quoted(String name) {
        String shown = name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
        return '"' + CONTROL.matcher(shown).replaceAll("?") + '"';
    }

    InvalidFileException invalid(String problem) {
        return new InvalidFileException(file, problem);
    }

    private ByteBuffer take(int count, String what) {
        if (count > end - position) {
            throw invalid("the header ends at byte " + end + " in " + what + "; the file is truncated or damaged");
        }
        bytes.copy(position, scratch, 0, count);
        position += count;
        return scalar;
    }
}
