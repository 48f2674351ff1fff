package dev.lora4j.formats.gguf;

/** Q5_0 and Q5_1: 32 nibbles, their fifth bits in one 32-bit word, a scale d and for Q5_1 a minimum m. */
final class Q5Blocks {
    private static final int HALF = 16;

    private Q5Blocks() {}

    /** Layout: d, 4 bytes of fifth bits, 16 bytes of nibbles; the value is (q - 16) d. */
    static void q50(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 22;
            int to = at + block * 32;
            float d = LittleEndian.half(blocks, from);
            int fifth = LittleEndian.int32(blocks, from + 2);
            for (int i = 0; i < HALF; i++) {
                int nibbles = blocks[from + 6 + i];
                into[to + i] = d * (((nibbles & 0xF) | (fifth >> i & 1) << 4) - 16);
                into[to + HALF + i] = d * (((nibbles >> 4 & 0xF) | (fifth >> (HALF + i) & 1) << 4) - 16);
            }
        }
    }

    /** Layout: d, m, 4 bytes of fifth bits, 16 bytes of nibbles; the value is q d + m. */
    static void q51(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 24;
            int to = at + block * 32;
            float d = LittleEndian.half(blocks, from);
            float m = LittleEndian.half(blocks, from + 2);
            int fifth = LittleEndian.int32(blocks, from + 4);
            for (int i = 0; i < HALF; i++) {
                int nibbles = blocks[from + 8 + i];
                into[to + i] = d * ((nibbles & 0xF) | (fifth >> i & 1) << 4) + m;
                into[to + HALF + i] = d * ((nibbles >> 4 & 0xF) | (fifth >> (HALF + i) & 1) << 4) + m;
            }
        }
    }
}
