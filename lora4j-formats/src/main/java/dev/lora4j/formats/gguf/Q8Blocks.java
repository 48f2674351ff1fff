package dev.lora4j.formats.gguf;

/** Q8_0: 32 signed bytes with a scale. */
final class Q8Blocks {
    private Q8Blocks() {}

    /** Layout: d, 32 bytes; the value is q d. */
    static void q80(byte[] blocks, int count, float[] into, int at) {
        for (int block = 0; block < count; block++) {
            int from = block * 34;
            int to = at + block * 32;
            float d = LittleEndian.half(blocks, from);
            for (int i = 0; i < 32; i++) {
                into[to + i] = blocks[from + 2 + i] * d;
            }
        }
    }
}
