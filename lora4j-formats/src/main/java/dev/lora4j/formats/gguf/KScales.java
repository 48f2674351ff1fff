package dev.lora4j.formats.gguf;

/**
 * The eight 6-bit scales and eight 6-bit minimums that Q4_K and Q5_K pack into 12 bytes.
 *
 * <p>Bytes 0-3 hold scales 0-3 and bytes 4-7 minimums 0-3 in their low six bits; bytes 8-11 hold the low nibbles of
 * scales and minimums 4-7, whose top two bits are those of bytes 0-7 (ggml's get_scale_min_k4).
 */
final class KScales {
    private KScales() {}

    static int scale(byte[] bytes, int at, int group) {
        return group < 4
                ? bytes[at + group] & 0x3F
                : (bytes[at + 4 + group] & 0xF) | (bytes[at + group - 4] >> 2 & 0x30);
    }

    static int minimum(byte[] bytes, int at, int group) {
        return group < 4
                ? bytes[at + 4 + group] & 0x3F
                : (bytes[at + 4 + group] >> 4 & 0xF) | (bytes[at + group] >> 2 & 0x30);
    }
}
