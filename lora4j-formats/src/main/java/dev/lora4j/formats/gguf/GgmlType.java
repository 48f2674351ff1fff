package dev.lora4j.formats.gguf;

import dev.lora4j.formats.ElementType;
import java.util.Map;
import java.util.Optional;

/** The storage types of tensors in a GGUF file: how many elements make a block of how many bytes. */
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    IQ4_NL(20, 32, 18),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    BF16(30, 1, 2);

    private static final Map<Integer, String> UNSUPPORTED = Map.ofEntries(
            Map.entry(4, "Q4_2"),
            Map.entry(5, "Q4_3"),
            Map.entry(9, "Q8_1"),
            Map.entry(15, "Q8_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"),
            Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"),
            Map.entry(21, "IQ3_S"),
            Map.entry(22, "IQ2_S"),
            Map.entry(23, "IQ4_XS"),
            Map.entry(29, "IQ1_M"),
            Map.entry(34, "TQ1_0"),
            Map.entry(35, "TQ2_0"),
            Map.entry(39, "MXFP4"),
            Map.entry(40, "NVFP4"),
            Map.entry(41, "Q1_0"));

    private final int id;
    private final int blockElements;
    private final int blockBytes;

    GgmlType(int id, int blockElements, int blockBytes) {
        this.id = id;
        this.blockElements = blockElements;
        this.blockBytes = blockBytes;
    }

    /** The type with this number, or empty where there is no decoder for it. */
    static Optional<GgmlType> of(long id) {
        for (GgmlType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** What to call a type that {@link #of} does not know. */
    static String unsupportedName(long id) {
        return id < Integer.MAX_VALUE ? UNSUPPORTED.getOrDefault((int) id, "unknown") : "unknown";
    }

    /** How many elements one block holds; 1 where elements stand alone. */
    public int blockElements() {
        return blockElements;
    }

    /** How many bytes one block takes. */
    public int blockBytes() {
        return blockBytes;
    }

    /** The same type outside GGUF, where elements stand alone. */
    public Optional<ElementType> elementType() {
        return switch (this) {
            case F64 -> Optional.of(ElementType.F64);
            case F32 -> Optional.of(ElementType.F32);
            case F16 -> Optional.of(ElementType.F16);
            case BF16 -> Optional.of(ElementType.BF16);
            case I64 -> Optional.of(ElementType.I64);
            case I32 -> Optional.of(ElementType.I32);
            case I16 -> Optional.of(ElementType.I16);
            case I8 -> Optional.of(ElementType.I8);
            default -> Optional.empty();
        };
    }
}
