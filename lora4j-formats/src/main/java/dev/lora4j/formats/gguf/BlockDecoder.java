package dev.lora4j.formats.gguf;

/**
 * Turns quantised blocks into float32.
 *
 * <p>All follow ggml's dequantize_row functions in the order of their float operations, so the values are the same bit
 * for bit as those of the Python package gguf (gguf.quants.dequantize).
 */
@FunctionalInterface
interface BlockDecoder {
    /** Decodes the first {@code count} blocks of {@code blocks} to {@code into}, starting at {@code at}. */
    void decode(byte[] blocks, int count, float[] into, int at);

    static BlockDecoder of(GgmlType type) {
        return switch (type) {
            case F32 -> PlainBlocks::f32;
            case F16 -> PlainBlocks::f16;
            case BF16 -> PlainBlocks::bf16;
            case Q4_0 -> Q4Blocks::q40;
            case Q4_1 -> Q4Blocks::q41;
            case Q5_0 -> Q5Blocks::q50;
            case Q5_1 -> Q5Blocks::q51;
            case Q8_0 -> Q8Blocks::q80;
            case Q2_K -> Q2KBlocks::decode;
            case Q3_K -> Q3KBlocks::decode;
            case Q4_K -> Q4KBlocks::decode;
            case Q5_K -> Q5KBlocks::decode;
            case Q6_K -> Q6KBlocks::decode;
            case IQ4_NL -> Iq4NlBlocks::decode;
            case I8, I16, I32, I64, F64 ->
                throw new IllegalArgumentException(type + " is mapped as it is, never decoded to float32");
        };
    }
}
