package dev.lora4j.formats.gguf;

import java.util.List;

/**
 * One tensor of a GGUF file, as its validated header states it.
 *
 * @param shape row-major, the outermost dimension first (GGUF itself writes the innermost first)
 * @param offset of its first byte, from the start of the file
 * @param bytes how many bytes it takes
 */
public record GgufTensor(String name, GgmlType type, List<Long> shape, long offset, long bytes) {
    public GgufTensor {
        shape = List.copyOf(shape);
    }

    /** How many elements it has. */
    public long elements() {
        return bytes / type.blockBytes() * type.blockElements();
    }
}
