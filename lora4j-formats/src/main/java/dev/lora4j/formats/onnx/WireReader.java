package dev.lora4j.formats.onnx;

import dev.lora4j.formats.InvalidFileException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The fields of one protobuf message, in order, without a schema.
 *
 * <p>The encoding is protobuf's wire format: a tag (field number and wire type), then a varint, four or eight bytes, or
 * a length and as many bytes. Every length is checked against the message before it is used.
 */
final class WireReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final Path path;
    private final ByteBuffer bytes;
    private int position;
    private final int end;

    private int field;
    private int wireType;
    private long number;
    private int start;
    private int length;

    private WireReader(Path path, ByteBuffer bytes, int position, int end) {
        this.path = path;
        this.bytes = bytes;
        this.position = position;
        this.end = end;
    }

    /** The fields of a whole file. */
    static WireReader of(Path path, ByteBuffer bytes) {
        return new WireReader(path, bytes, 0, bytes.limit());
    }

    /** Steps to the next field; false at the end of the message. */
    boolean next() {
        if (position == end) {
            return false;
        }
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 3 < 1 || tag >>> 3 > (1 << 29) - 1) {
            throw invalid("a field has the number " + (tag >>> 3));
        }
        switch (wireType) {
            case VARINT -> number = varint();
            case FIXED64 -> take(Long.BYTES);
            case LENGTH_DELIMITED -> take(varint());
            case FIXED32 -> take(Integer.BYTES);
            default -> throw invalid("a field has the wire type " + wireType);
        }
        return true;
    }

    /** The number of the current field. */
    int field() {
        return field;
    }

    /** Whether the current field is a length and bytes: text, a message or a packed list. */
    boolean isDelimited() {
        return wireType == LENGTH_DELIMITED;
    }

    /** The current field, a varint. */
    long number() {
        if (wireType != VARINT) {
            throw invalid("field " + field + " is not a number");
        }
        return number;
    }

    /** Where the bytes of the current field begin in the file. */
    int start() {
        return start;
    }

    /** How many bytes the current field has. */
    int length() {
        return length;
    }

    /** The current field as text. */
    String text() {
        requireDelimited();
        return StandardCharsets.UTF_8.decode(bytes.slice(start, length)).toString();
    }

    /** The current field as a message. */
    WireReader message() {
        requireDelimited();
        return new WireReader(path, bytes, start, start + length);
    }

    /** Reads the rest as a list of varints without tags; false at the end. */
    boolean nextPacked() {
        if (position == end) {
            return false;
        }
        wireType = VARINT;
        number = varint();
        return true;
    }

    InvalidFileException invalid(String problem) {
        return new InvalidFileException(path, "is not an ONNX file: " + problem + " near byte " + position);
    }

    private void requireDelimited() {
        if (!isDelimited()) {
            throw invalid("field " + field + " has no length");
        }
    }

    private void take(long count) {
        if (count < 0 || count > end - position) {
            throw invalid("field " + field + " of " + Long.toUnsignedString(count) + " bytes goes beyond its message");
        }
        start = position;
        length = (int) count;
        position += length;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position >= end) {
                throw invalid("a number goes beyond its message");
            }
            byte next = bytes.get(position++);
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw invalid("a number has more than ten bytes");
    }
}
