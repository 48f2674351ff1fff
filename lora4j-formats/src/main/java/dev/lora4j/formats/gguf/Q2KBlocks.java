package dev.lora4j.formats.gguf;

/** Q2_K: 256 two-bit elements in sixteen groups of 16, each with a 4-bit scale and minimum. */
final class Q2KBlocks {
    private Q2KBlocks() {}

    /** Layout: 16 bytes of scale and minimum nibbles, 64 bytes of pairs, d, dmin. */
    static void decode(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 84;
            float d = LittleEndian.half(blocks, from + 80);
            float dmin = LittleEndian.half(blocks, from + 82);
            for (int group = 0; group < 16; group++) {
                float scale = d * (blocks[from + group] & 0xF);
                float minimum = dmin * (blocks[from + group] >> 4 & 0xF);
                int pairs = from + 16 + group / 8 * 32 + group % 2 * 16;
                int shift = group % 8 / 2 * 2;
                int to = at + block * 256 + group * 16;
                for (int i = 0; i < 16; i++) {
                    into[to + i] = scale * (blocks[pairs + i] >> shift & 3) - minimum;
                }
            }
        }
    }
}
