package dev.lora4j.formats.gguf;

/** Q5_K: Q4_K with a fifth bit per element. */
final class Q5KBlocks {
    private Q5KBlocks() {}

    /** Layout: d, dmin, 12 bytes of scales, 32 bytes of fifth bits (bit g is of group g), 128 bytes of nibbles. */
    static void decode(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 176;
            float d = LittleEndian.half(blocks, from);
            float dmin = LittleEndian.half(blocks, from + 2);
            for (int group = 0; group < 8; group++) {
                float scale = d * KScales.scale(blocks, from + 4, group);
                float minimum = dmin * KScales.minimum(blocks, from + 4, group);
                int nibbles = from + 48 + group / 2 * 32;
                int shift = group % 2 * 4;
                int to = at + block * 256 + group * 32;
                for (int i = 0; i < 32; i++) {
                    int fifth = blocks[from + 16 + i] >> group & 1;
                    into[to + i] = scale * ((blocks[nibbles + i] >> shift & 0xF) | fifth << 4) - minimum;
                }
            }
        }
    }
}
