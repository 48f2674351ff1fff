package dev.lora4j.grammar;

import java.nio.charset.StandardCharsets;

/** Characters as edges of an automaton over the bytes of UTF-8. */
final class CodePoints {
    private CodePoints() {}

    /** Adds all characters of a range, as UTF-8; halves of surrogate pairs are none. */
    static void add(Nfa nfa, int from, int to, int low, int high) {
        if (low > high) {
            return;
        }
        if (low <= Character.MAX_SURROGATE && high >= Character.MIN_SURROGATE) {
            add(nfa, from, to, low, Character.MIN_SURROGATE - 1);
            add(nfa, from, to, Character.MAX_SURROGATE + 1, high);
            return;
        }
        for (int end : new int[] {0x7f, 0x7ff, 0xffff}) {
            if (low <= end && high > end) {
                add(nfa, from, to, low, end);
                add(nfa, from, to, end + 1, high);
                return;
            }
        }
        sameLength(nfa, from, to, low, high);
    }

    /** Cuts a range where its last bytes do not run from the lowest to the highest. */
    private static void sameLength(Nfa nfa, int from, int to, int low, int high) {
        for (int mask = 0x3f; mask <= 0x3ffff && high > 0x7f; mask = mask << 6 | 0x3f) {
            if ((low & ~mask) != (high & ~mask)) {
                if ((low & mask) != 0) {
                    sameLength(nfa, from, to, low, low | mask);
                    sameLength(nfa, from, to, (low | mask) + 1, high);
                    return;
                }
                if ((high & mask) != mask) {
                    sameLength(nfa, from, to, low, (high & ~mask) - 1);
                    sameLength(nfa, from, to, high & ~mask, high);
                    return;
                }
            }
        }
        byte[] least = Character.toString(low).getBytes(StandardCharsets.UTF_8);
        byte[] most = Character.toString(high).getBytes(StandardCharsets.UTF_8);
        int state = from;
        for (int i = 0; i < least.length; i++) {
            int next = i + 1 == least.length ? to : nfa.state();
            nfa.edge(state, least[i] & 0xff, most[i] & 0xff, next);
            state = next;
        }
    }
}
