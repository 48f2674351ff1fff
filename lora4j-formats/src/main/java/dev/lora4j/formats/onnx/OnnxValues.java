package dev.lora4j.formats.onnx;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.StoredTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/** The float32 values of initializers as tensors of a model. */
final class OnnxValues {
    private OnnxValues() {}

    /** Mapped if the file happens to align it, else decoded. */
    static StoredTensor asTheyAre(OnnxGraph graph, OnnxInitializer tensor) {
        if (tensor.offset() % Float.BYTES == 0) {
            return new StoredTensor.Mapped(
                    tensor.name(), ElementType.F32, tensor.shape(), graph.path(), tensor.offset(), tensor.bytes());
        }
        ByteBuffer values = values(graph, tensor);
        int elements = tensor.bytes() / Float.BYTES;
        return new StoredTensor.Decoded(tensor.name(), tensor.shape(), (first, into, count) -> {
            int start = Objects.checkFromIndexSize(Math.toIntExact(first), count, elements);
            for (int i = 0; i < count; i++) {
                into[i] = values.getFloat((start + i) * Float.BYTES);
            }
        });
    }

    /** A matrix {@code [in, out]} as {@code [out, in]}. */
    static StoredTensor transposed(OnnxGraph graph, OnnxInitializer tensor, String name) {
        ByteBuffer values = values(graph, tensor);
        int in = Math.toIntExact(tensor.shape().get(0));
        int out = Math.toIntExact(tensor.shape().get(1));
        int elements = tensor.bytes() / Float.BYTES;
        return new StoredTensor.Decoded(name, List.of((long) out, (long) in), (first, into, count) -> {
            int start = Objects.checkFromIndexSize(Math.toIntExact(first), count, elements);
            for (int i = 0; i < count; i++) {
                int row = (start + i) / in;
                int column = (start + i) % in;
                into[i] = values.getFloat((column * out + row) * Float.BYTES);
            }
        });
    }

    private static ByteBuffer values(OnnxGraph graph, OnnxInitializer tensor) {
        return graph.bytes().slice(tensor.offset(), tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    }
}
