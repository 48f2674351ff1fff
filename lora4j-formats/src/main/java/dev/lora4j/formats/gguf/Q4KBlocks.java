package dev.lora4j.formats.gguf;

/** Q4_K: 256 nibbles in eight groups of 32, each with a 6-bit scale and minimum. */
final class Q4KBlocks {
    private Q4KBlocks() {}

    /** Layout: d, dmin, 12 bytes of scales, 128 bytes of nibbles; the value is (d scale) q - (dmin minimum). */
    static void decode(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 144;
            float d = LittleEndian.half(blocks, from);
            float dmin = LittleEndian.half(blocks, from + 2);
            for (int group = 0; group < 8; group++) {
                float scale = d * KScales.scale(blocks, from + 4, group);
                float minimum = dmin * KScales.minimum(blocks, from + 4, group);
                int nibbles = from + 16 + group / 2 * 32;
                int shift = group % 2 * 4;
                int to = at + block * 256 + group * 32;
                for (int i = 0; i < 32; i++) {
                    into[to + i] = scale * (blocks[nibbles + i] >> shift & 0xF) - minimum;
                }
            }
        }
    }
}
