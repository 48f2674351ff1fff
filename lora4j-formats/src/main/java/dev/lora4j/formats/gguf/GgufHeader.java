package dev.lora4j.formats.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a GGUF file of version 2 or 3, fully validated.
 *
 * <p>Layout (ggml docs/gguf.md): magic, version, number of tensors, number of keys, keys with values, tensor infos,
 * padding to the alignment, tensor data. Every number is checked before anything is allocated or read by it.
 */
record GgufHeader(int version, GgufMetadata metadata, Map<String, GgufTensor> tensors) {
    private static final int MAGIC = 0x46554747; // "GGUF", little-endian
    private static final int KEY_MINIMUM_BYTES = 8 + 4 + 1;
    private static final int TENSOR_MINIMUM_BYTES = 8 + 4 + 4 + 8;

    static GgufHeader read(GgufCursor cursor) {
        int magic = cursor.int32("the magic number");
        if (magic != MAGIC) {
            throw cursor.invalid(String.format("starts with 0x%08X, expected \"GGUF\"; it is no GGUF file", magic));
        }
        int version = cursor.int32("the version");
        if (version != 2 && version != 3) {
            String hint = Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3
                    ? "; it is a big-endian file, convert it with gguf-convert-endian"
                    : "";
            throw cursor.invalid("GGUF version " + Integer.toUnsignedString(version) + ", expected 2 or 3" + hint);
        }
        long tensorCount = cursor.count("number of tensors", GgufLimits.MAX_TENSORS, TENSOR_MINIMUM_BYTES);
        long keyCount = cursor.count("number of metadata keys", GgufLimits.MAX_KEYS, KEY_MINIMUM_BYTES);
        GgufMetadata metadata = new GgufMetadata(cursor.file(), readMetadata(cursor, keyCount));
        List<GgufTensor> infos = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            infos.add(GgufTensorInfo.read(cursor));
        }
        return new GgufHeader(version, metadata, place(cursor, metadata.alignment(), infos));
    }

    private static Map<String, GgufValue> readMetadata(GgufCursor cursor, long count) {
        Map<String, GgufValue> values = new LinkedHashMap<>();
        long budget = GgufLimits.MAX_ARRAY_ELEMENTS;
        for (long i = 0; i < count; i++) {
            String key = cursor.string("metadata key " + i, GgufLimits.MAX_KEY_BYTES);
            String what = "metadata " + GgufCursor.quoted(key);
            GgufValue value = GgufValueType.read(cursor, what).value(cursor, what, budget);
            budget -= value.elements();
            if (values.put(key, value) != null) {
                throw cursor.invalid(what + " appears twice");
            }
        }
        return values;
    }

    /** Turns offsets relative to the data into offsets in the file; all must fit and none may overlap. */
    private static Map<String, GgufTensor> place(GgufCursor cursor, long alignment, List<GgufTensor> infos) {
        long start = Math.addExact(cursor.position(), alignment - 1) / alignment * alignment;
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (GgufTensor info : infos) {
            if (info.offset() % alignment != 0) {
                throw cursor.invalid("tensor " + GgufCursor.quoted(info.name()) + " starts at data offset "
                        + info.offset() + ", expected a multiple of the alignment " + alignment);
            }
            long room = cursor.fileSize() - start - info.bytes();
            if (room < 0 || info.offset() > room) {
                throw cursor.invalid(
                        "tensor " + GgufCursor.quoted(info.name()) + " takes " + info.bytes() + " bytes at data offset "
                                + info.offset() + ", but the file has only " + Math.max(0, cursor.fileSize() - start)
                                + " bytes of data; it is truncated or damaged");
            }
            GgufTensor placed = new GgufTensor(
                    info.name(), info.type(), info.shape(), Math.addExact(start, info.offset()), info.bytes());
            if (tensors.put(placed.name(), placed) != null) {
                throw cursor.invalid("tensor " + GgufCursor.quoted(placed.name()) + " appears twice");
            }
        }
        refuseOverlap(cursor, tensors);
        return tensors;
    }

    private static void refuseOverlap(GgufCursor cursor, Map<String, GgufTensor> tensors) {
        List<GgufTensor> sorted = new ArrayList<>(tensors.values());
        sorted.sort(Comparator.comparingLong(GgufTensor::offset));
        for (int i = 1; i < sorted.size(); i++) {
            GgufTensor before = sorted.get(i - 1);
            if (before.offset() + before.bytes() > sorted.get(i).offset()) {
                throw cursor.invalid("tensors " + GgufCursor.quoted(before.name()) + " and "
                        + GgufCursor.quoted(sorted.get(i).name()) + " overlap at byte "
                        + sorted.get(i).offset());
            }
        }
    }
}
