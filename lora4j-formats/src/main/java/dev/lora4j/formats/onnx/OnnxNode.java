package dev.lora4j.formats.onnx;

import java.util.List;

/** An operation of an ONNX graph and the names of what it reads. */
public record OnnxNode(String name, String operation, List<String> inputs) {
    public OnnxNode {
        inputs = List.copyOf(inputs);
    }
}
