package dev.lora4j.formats.gguf;

/** Q3_K: 256 three-bit elements in sixteen groups of 16, each with a 6-bit scale. */
final class Q3KBlocks {
    private static final int PAIRS = 32;
    private static final int SCALES = 96;
    private static final int D = 108;

    private Q3KBlocks() {}

    /** Layout: 32 bytes of third bits, 64 bytes of pairs, 12 bytes of scales, d; a clear third bit means minus 4. */
    static void decode(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 110;
            float d = LittleEndian.half(blocks, from + D);
            for (int group = 0; group < 16; group++) {
                float scale = d * scale(blocks, from + SCALES, group);
                int start = group % 2 * 16;
                int pairs = from + PAIRS + group / 8 * 32 + start;
                int shift = group % 8 / 2 * 2;
                int bit = group / 2;
                int to = at + block * 256 + group * 16;
                for (int i = 0; i < 16; i++) {
                    int minus = ((blocks[from + start + i] >> bit & 1) ^ 1) << 2;
                    into[to + i] = scale * ((blocks[pairs + i] >> shift & 3) - minus);
                }
            }
        }
    }

    /** Low nibbles of bytes 0-7, then their high ones; the top two bits stand in bytes 8-11. */
    private static int scale(byte[] bytes, int at, int group) {
        int low = bytes[at + group % 8] >> (group / 8 * 4) & 0xF;
        int high = bytes[at + 8 + group % 4] >> (group / 4 * 2) & 3;
        return (low | high << 4) - 32;
    }
}
