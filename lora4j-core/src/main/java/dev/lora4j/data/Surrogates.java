package dev.lora4j.data;

/** Halves of surrogate pairs, which JSON can smuggle into a string but UTF-8 cannot hold. */
final class Surrogates {
    private Surrogates() {}

    /** The first char that is half a pair without its other half, or −1. */
    static int indexOfUnpaired(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
