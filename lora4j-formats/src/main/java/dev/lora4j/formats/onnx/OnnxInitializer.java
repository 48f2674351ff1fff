package dev.lora4j.formats.onnx;

import dev.lora4j.formats.ElementType;
import java.util.List;

/**
 * A constant tensor of an ONNX graph, whose values lie little-endian in the file.
 *
 * @param offset of the first byte from the start of the file
 */
public record OnnxInitializer(String name, ElementType type, List<Long> shape, int offset, int bytes) {
    public OnnxInitializer {
        shape = List.copyOf(shape);
    }
}
