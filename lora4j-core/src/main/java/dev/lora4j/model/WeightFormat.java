package dev.lora4j.model;

import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.FrozenMatrix;
import java.util.Locale;

/**
 * How the matrices of a frozen base are kept in memory.
 *
 * <p>Linear layers and embedding tables are matrices; norms, biases, convolutions and heads for sequences stay float32.
 * Every product is computed in float32 with the values that the format has, but for {@link #INT8_PRODUCTS}.
 */
public enum WeightFormat {
    /** As float32; those of a safetensors file that has them so are mapped. */
    F32,
    /**
     * As float32, in the order in which products of several rows are fastest: the same values in the same memory, for
     * generation. The embedding table is {@link #F32}; an output layer that reads its values has a packed copy.
     */
    PACKED,
    /** Rounded to bfloat16: half the memory. */
    BF16,
    /** Rounded to signed bytes with a scale of each output: a quarter. */
    INT8,
    /**
     * Rounded to 4-bit NormalFloat in blocks of 64 (QLoRA, arXiv 2305.14314): about a seventh. The embedding table and
     * the output layer are rounded to {@link #INT8}, since every token's beginning and end pass through them.
     */
    NF4,
    /**
     * Linear layers round their matrix once, and what comes in for each product, to bytes with a scale for each row:
     * half the memory, since either direction has bytes of its own. A decoder's output layer has bytes for its logits and
     * float32 for their gradient. The embedding table is {@link #F32}; so are norms, attention, adapters and the loss.
     */
    INT8_PRODUCTS,
    /** As the file has them: 16 bits, or a GGUF file's quantised blocks. Nothing is rounded. */
    STORED;

    /** The format of a decoder's output layer. */
    WeightFormat ofOutputLayer() {
        return this == PACKED ? PACKED : ofVocabulary();
    }

    /** The format of the embedding table. */
    WeightFormat ofVocabulary() {
        return switch (this) {
            case NF4 -> INT8;
            case PACKED, INT8_PRODUCTS -> F32;
            default -> this;
        };
    }

    /** True if every value is the float32 value that the files have or decode to. */
    public boolean isFloat32() {
        return this == F32 || this == PACKED;
    }

    /** The fastest of float32 for the generation of several streams on a device. */
    public static WeightFormat forStreams(Device device) {
        return device.equals(Device.CPU) && FrozenMatrix.packs() ? PACKED : F32;
    }

    /** As options and messages call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
