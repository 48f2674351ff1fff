package dev.lora4j.formats.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Reads the description of one tensor, with its offset still relative to the tensor data. */
final class GgufTensorInfo {
    private GgufTensorInfo() {}

    static GgufTensor read(GgufCursor cursor) {
        String name = cursor.string("tensor name", GgufLimits.MAX_NAME_BYTES);
        String what = "tensor " + GgufCursor.quoted(name);
        long dimensions = cursor.uint32("number of dimensions of " + what);
        if (dimensions > GgufLimits.MAX_DIMENSIONS) {
            throw cursor.invalid(
                    what + " has " + dimensions + " dimensions, expected at most " + GgufLimits.MAX_DIMENSIONS);
        }
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            shape.add(dimension(cursor, what));
        }
        long id = cursor.uint32("type of " + what);
        GgmlType type = GgmlType.of(id)
                .orElseThrow(() -> cursor.invalid(what + " has type " + id + " (" + GgmlType.unsupportedName(id)
                        + "), which is not supported; use a file of another quantisation, such as Q8_0 or Q4_K_M"));
        long bytes = bytes(cursor, what, type, shape);
        Collections.reverse(shape);
        return new GgufTensor(name, type, shape, cursor.uint64("offset of " + what), bytes);
    }

    private static long dimension(GgufCursor cursor, String what) {
        long size = cursor.int64("dimensions of " + what);
        if (size < 1) {
            throw cursor.invalid(
                    what + " has a dimension of size " + Long.toUnsignedString(size) + ", expected 1 to 2^63-1");
        }
        return size;
    }

    /** The bytes of all blocks; rows consist of whole blocks. */
    private static long bytes(GgufCursor cursor, String what, GgmlType type, List<Long> innermostFirst) {
        long row = innermostFirst.isEmpty() ? 1 : innermostFirst.get(0);
        if (row % type.blockElements() != 0) {
            throw cursor.invalid(what + " has rows of " + row + " elements, expected a multiple of "
                    + type.blockElements() + " for " + type);
        }
        try {
            long bytes = Math.multiplyExact(row / type.blockElements(), (long) type.blockBytes());
            long elements = row;
            for (long size : innermostFirst.subList(Math.min(1, innermostFirst.size()), innermostFirst.size())) {
                bytes = Math.multiplyExact(bytes, size);
                elements = Math.multiplyExact(elements, size);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw cursor.invalid(what + " with dimensions " + innermostFirst + " has more elements than 2^63-1");
        }
    }
}
