package dev.lora4j.formats.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Bytes of a GGUF file, written one number after the other. */
final class LittleEndianBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    LittleEndianBytes u8(int value) {
        out.write(value);
        return this;
    }

    LittleEndianBytes u32(long value) {
        return raw(buffer(4).putInt((int) value).array());
    }

    LittleEndianBytes u64(long value) {
        return raw(buffer(8).putLong(value).array());
    }

    LittleEndianBytes f32(float value) {
        return raw(buffer(4).putFloat(value).array());
    }

    LittleEndianBytes string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return u64(utf8.length).raw(utf8);
    }

    LittleEndianBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    LittleEndianBytes padTo(int alignment) {
        while (out.size() % alignment != 0) {
            out.write(0);
        }
        return this;
    }

    int size() {
        return out.size();
    }

    byte[] toArray() {
        return out.toByteArray();
    }

    static byte[] floats(float... values) {
        LittleEndianBytes bytes = new LittleEndianBytes();
        for (float value : values) {
            bytes.f32(value);
        }
        return bytes.toArray();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
