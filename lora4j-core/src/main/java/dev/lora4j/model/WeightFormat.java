package dev.lora4j.model;

import java.util.Locale;

/**
 * How the matrices of a frozen base are kept in memory.
 *
 * <p>Linear layers and embedding tables are matrices; norms, biases, convolutions and heads for sequences stay float32.
 * Whatever the format, every product is computed in float32 with the values that the format has.
 */
public enum WeightFormat {
    /** As float32; those of a safetensors file that has them so are mapped. */
    F32,
    /** Rounded to bfloat16: half the memory. */
    BF16,
    /** Rounded to signed bytes with a scale of each output: a quarter. */
    INT8,
    /**
     * Rounded to 4-bit NormalFloat in blocks of 64 (QLoRA, arXiv 2305.14314): about a seventh. The embedding table and
     * the output layer are rounded to {@link #INT8}, since every token's beginning and end pass through them.
     */
    NF4,
    /** As the file has them: 16 bits, or a GGUF file's quantised blocks. Nothing is rounded. */
    STORED;

    /** The format of the embedding table and the output layer. */
    WeightFormat ofVocabulary() {
        return this == NF4 ? INT8 : this;
    }

    /** As options and messages call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
