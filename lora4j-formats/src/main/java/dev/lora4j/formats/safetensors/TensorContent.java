package dev.lora4j.formats.safetensors;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A tensor to be written.
 *
 * @param content writes the elements, row-major and little-endian
 */
public record TensorContent(String name, ElementType type, List<Long> shape, FileContent content) {
    public TensorContent {
        shape = List.copyOf(shape);
        Math.multiplyExact(StoredTensor.elements(shape), type.bytes());
    }

    /** A float32 tensor out of an array, which must not change until it is written. */
    public static TensorContent floats(String name, List<Long> shape, float[] values) {
        return new TensorContent(name, ElementType.F32, shape, channel -> {
            int chunk = 4096;
            ByteBuffer buffer = ByteBuffer.allocate(chunk * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int first = 0; first < values.length; first += chunk) {
                int count = Math.min(chunk, values.length - first);
                buffer.clear().asFloatBuffer().put(values, first, count);
                buffer.limit(count * Float.BYTES);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        });
    }

    long bytes() {
        return StoredTensor.elements(shape) * type.bytes();
    }
}
