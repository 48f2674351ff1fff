package dev.lora4j.formats.gguf;

/** Q6_K: 256 six-bit elements in sixteen groups of 16, each with a signed 8-bit scale. */
final class Q6KBlocks {
    private static final int HIGH = 128;
    private static final int SCALES = 192;
    private static final int D = 208;

    private Q6KBlocks() {}

    /** Layout: 128 bytes of low nibbles, 64 bytes of high pairs, 16 scales, d; the value is (d scale) (q - 32). */
    static void decode(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 210;
            float d = LittleEndian.half(blocks, from + D);
            for (int group = 0; group < 16; group++) {
                float scale = d * blocks[from + SCALES + group];
                // a half of 128 elements is four runs of 32: low, low, high, high nibbles of 2 x 32 bytes
                int half = group / 8;
                int run = group % 8 / 2;
                int start = group % 2 * 16;
                int low = from + half * 64 + run % 2 * 32 + start;
                int high = from + HIGH + half * 32 + start;
                int to = at + block * 256 + group * 16;
                int lowShift = run / 2 * 4;
                int highShift = run * 2;
                for (int i = 0; i < 16; i++) {
                    int q = (blocks[low + i] >> lowShift & 0xF) | (blocks[high + i] >> highShift & 3) << 4;
                    into[to + i] = scale * (q - 32);
                }
            }
        }
    }
}
