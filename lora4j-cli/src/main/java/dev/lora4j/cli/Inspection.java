package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What was found in a file or folder: facts about the whole, and its tensors. */
record Inspection(Facts facts, List<TensorLine> tensors) {
    /**
     * One tensor.
     *
     * @param type as its format calls it
     */
    record TensorLine(String name, String type, List<Long> shape, long bytes) {}

    ObjectNode json(boolean withTensors) {
        ObjectNode json = facts.json().deepCopy();
        if (withTensors) {
            ArrayNode list = json.putArray("tensor_list");
            for (TensorLine tensor : tensors) {
                ObjectNode entry = list.addObject();
                entry.put("name", tensor.name()).put("dtype", tensor.type()).put("bytes", tensor.bytes());
                tensor.shape().forEach(entry.putArray("shape")::add);
            }
        }
        return json;
    }

    void print(Console console, boolean withTensors) {
        facts.print(console);
        if (withTensors) {
            int width = tensors.stream()
                    .mapToInt(tensor -> tensor.name().length())
                    .max()
                    .orElse(0);
            for (TensorLine tensor : tensors) {
                String padding = " ".repeat(width - tensor.name().length());
                console.line(tensor.name() + padding + "  " + tensor.type() + " " + tensor.shape());
            }
        }
    }
}
