package dev.lora4j.formats.gguf;

/** Elements that stand alone: F32, F16, BF16. */
final class PlainBlocks {
    private PlainBlocks() {}

    static void f32(byte[] blocks, int count, float[] into, int at) {
        for (int i = 0; i < count; i++) {
            into[at + i] = Float.intBitsToFloat(LittleEndian.int32(blocks, 4 * i));
        }
    }

    static void f16(byte[] blocks, int count, float[] into, int at) {
        for (int i = 0; i < count; i++) {
            into[at + i] = LittleEndian.half(blocks, 2 * i);
        }
    }

    static void bf16(byte[] blocks, int count, float[] into, int at) {
        for (int i = 0; i < count; i++) {
            into[at + i] = Float.intBitsToFloat(LittleEndian.int16(blocks, 2 * i) << 16);
        }
    }
}
