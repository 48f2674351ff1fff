package dev.lora4j.formats.gguf;

/** Q4_0 and Q4_1: 32 nibbles with a scale d, and for Q4_1 a minimum m; q - 8 times d, or q times d plus m. */
final class Q4Blocks {
    private static final int HALF = 16;

    private Q4Blocks() {}

    /** Layout: d, 16 bytes of nibbles; the low ones are elements 0-15, the high ones 16-31. */
    static void q40(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 18;
            int to = at + block * 32;
            float d = LittleEndian.half(blocks, from);
            for (int i = 0; i < HALF; i++) {
                int nibbles = blocks[from + 2 + i];
                into[to + i] = d * ((nibbles & 0xF) - 8);
                into[to + HALF + i] = d * ((nibbles >> 4 & 0xF) - 8);
            }
        }
    }

    /** Layout: d, m, 16 bytes of nibbles. */
    static void q41(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 20;
            int to = at + block * 32;
            float d = LittleEndian.half(blocks, from);
            float m = LittleEndian.half(blocks, from + 2);
            for (int i = 0; i < HALF; i++) {
                int nibbles = blocks[from + 4 + i];
                into[to + i] = d * (nibbles & 0xF) + m;
                into[to + HALF + i] = d * (nibbles >> 4 & 0xF) + m;
            }
        }
    }
}
