package dev.lora4j.formats.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/** The type numbers of metadata values, in the specification's order. */
enum GgufValueType {
    UINT8(1),
    INT8(1),
    UINT16(2),
    INT16(2),
    UINT32(4),
    INT32(4),
    FLOAT32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    UINT64(8),
    INT64(8),
    FLOAT64(8);

    private static final List<GgufValueType> ALL = List.of(values());

    private final int minimumBytes;

    GgufValueType(int minimumBytes) {
        this.minimumBytes = minimumBytes;
    }

    static GgufValueType read(GgufCursor cursor, String what) {
        long number = cursor.uint32("the type of " + what);
        if (number >= ALL.size()) {
            throw cursor.invalid("the type of " + what + " is " + number + ", expected 0 to " + (ALL.size() - 1));
        }
        return ALL.get((int) number);
    }

    /** Reads one value of this type; {@code arrayBudget} is how many elements an array may have. */
    GgufValue value(GgufCursor cursor, String what, long arrayBudget) {
        return switch (this) {
            case FLOAT32, FLOAT64 -> new GgufValue.Real(real(cursor, what));
            case BOOL -> new GgufValue.Flag(flag(cursor, what));
            case STRING -> new GgufValue.Text(text(cursor, what));
            case ARRAY -> array(cursor, what, arrayBudget);
            default -> new GgufValue.Whole(whole(cursor, what));
        };
    }

    private static GgufValue array(GgufCursor cursor, String what, long budget) {
        GgufValueType type = read(cursor, "the elements of " + what);
        int count = (int) cursor.count("number of elements of " + what, budget, type.minimumBytes);
        return switch (type) {
            case FLOAT32, FLOAT64 -> new GgufValue.Reals(repeat(count, () -> type.real(cursor, what)));
            case BOOL -> new GgufValue.Flags(repeat(count, () -> flag(cursor, what)));
            case STRING -> new GgufValue.Texts(repeat(count, () -> text(cursor, what)));
            case ARRAY -> throw cursor.invalid(what + " is an array of arrays, which no known model has");
            default -> new GgufValue.Wholes(repeat(count, () -> type.whole(cursor, what)));
        };
    }

    private static <T> List<T> repeat(int count, Supplier<T> element) {
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(element.get());
        }
        return Collections.unmodifiableList(values);
    }

    private static String text(GgufCursor cursor, String what) {
        return cursor.string(what, GgufLimits.MAX_STRING_BYTES);
    }

    private long whole(GgufCursor cursor, String what) {
        return switch (this) {
            case UINT8 -> Byte.toUnsignedLong(cursor.int8(what));
            case INT8 -> cursor.int8(what);
            case UINT16 -> Short.toUnsignedLong(cursor.int16(what));
            case INT16 -> cursor.int16(what);
            case UINT32 -> cursor.uint32(what);
            case INT32 -> cursor.int32(what);
            case UINT64 -> cursor.uint64(what);
            case INT64 -> cursor.int64(what);
            default -> throw new IllegalStateException(this + " is not an integer type");
        };
    }

    private double real(GgufCursor cursor, String what) {
        return this == FLOAT32 ? cursor.float32(what) : cursor.float64(what);
    }

    private static boolean flag(GgufCursor cursor, String what) {
        byte value = cursor.int8(what);
        if (value != 0 && value != 1) {
            throw cursor.invalid(what + " is a bool of value " + value + ", expected 0 or 1");
        }
        return value == 1;
    }
}
