package dev.lora4j.data;

import java.util.Arrays;

/** GPT-2's letters for bytes ({@code bytes_to_unicode}): printable bytes are themselves, the others follow from 256 on. */
final class ByteLetters {
    private static final int[] BYTES = new int[512];

    static {
        Arrays.fill(BYTES, -1);
        int others = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            BYTES[printable ? b : others++] = b;
        }
    }

    private ByteLetters() {}

    /** The byte of a letter, or −1. */
    static int byteOf(char letter) {
        return letter < BYTES.length ? BYTES[letter] : -1;
    }
}
