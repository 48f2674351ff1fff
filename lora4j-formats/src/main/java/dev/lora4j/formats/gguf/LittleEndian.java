package dev.lora4j.formats.gguf;

/** Numbers at a position of a byte array, the least significant byte first. */
final class LittleEndian {
    private static final float HALF_SUBNORMAL_UNIT = 0x1p-24f;

    private LittleEndian() {}

    static int int16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
    }

    static int int32(byte[] bytes, int at) {
        return int16(bytes, at) | int16(bytes, at + 2) << 16;
    }

    /** An IEEE 754 half as float32 (Float.float16ToFloat came with Java 20). */
    static float half(byte[] bytes, int at) {
        int bits = int16(bytes, at);
        int sign = (bits & 0x8000) << 16;
        int exponent = bits >>> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0) {
            float magnitude = fraction * HALF_SUBNORMAL_UNIT;
            return sign == 0 ? magnitude : -magnitude;
        }
        int wideExponent = exponent == 0x1F ? 0xFF : exponent + (127 - 15);
        return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
    }
}
