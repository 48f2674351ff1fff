package dev.lora4j.formats.gguf;

/** IQ4_NL: 32 nibbles that index sixteen fixed levels, with a scale. */
final class Iq4NlBlocks {
    private static final byte[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private Iq4NlBlocks() {}

    /** Layout: d, 16 bytes of nibbles; the value is d times the level (ggml's kvalues_iq4nl). */
    static void decode(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 18;
            int to = at + block * 32;
            float d = LittleEndian.half(blocks, from);
            for (int i = 0; i < 16; i++) {
                int nibbles = blocks[from + 2 + i];
                into[to + i] = d * LEVELS[nibbles & 0xF];
                into[to + 16 + i] = d * LEVELS[nibbles >> 4 & 0xF];
            }
        }
    }
}
