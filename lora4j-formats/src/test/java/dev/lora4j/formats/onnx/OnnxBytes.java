package dev.lora4j.formats.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A protobuf message written by hand, field by field. */
final class OnnxBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static OnnxBytes message() {
        return new OnnxBytes();
    }

    /** A {@code TensorProto} of float32 values. */
    static OnnxBytes tensor(String name, long[] dims, float... values) {
        OnnxBytes tensor = message();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        return tensor.number(2, 1).text(8, name).bytes(9, floats(values));
    }

    /** A {@code NodeProto}. */
    static OnnxBytes node(String name, String operation, String... inputs) {
        OnnxBytes node = message();
        for (String input : inputs) {
            node.text(1, input);
        }
        return node.text(2, name + "_output_0").text(3, name).text(4, operation);
    }

    static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.array();
    }

    OnnxBytes number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    OnnxBytes text(int field, String text) {
        return bytes(field, text.getBytes(UTF_8));
    }

    OnnxBytes message(int field, OnnxBytes message) {
        return bytes(field, message.toByteArray());
    }

    OnnxBytes bytes(int field, byte[] content) {
        varint(((long) field << 3) | 2);
        varint(content.length);
        bytes.writeBytes(content);
        return this;
    }

    OnnxBytes raw(int... content) {
        for (int b : content) {
            bytes.write(b);
        }
        return this;
    }

    OnnxBytes varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
        return this;
    }

    int size() {
        return bytes.size();
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
