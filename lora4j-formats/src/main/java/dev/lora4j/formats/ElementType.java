package dev.lora4j.formats;

import java.util.Arrays;
import java.util.Optional;

/** What one element of a stored tensor is. */
public enum ElementType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element. */
    public int bytes() {
        return bytes;
    }

    /** The name that a safetensors header uses; the constants are called the same on purpose. */
    public String safetensorsName() {
        return name();
    }

    /** The type that a safetensors header calls so, if lora4j knows it. */
    public static Optional<ElementType> fromSafetensorsName(String name) {
        return Arrays.stream(values())
                .filter(type -> type.safetensorsName().equals(name))
                .findFirst();
    }
}
