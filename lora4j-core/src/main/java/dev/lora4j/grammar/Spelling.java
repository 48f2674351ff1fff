package dev.lora4j.grammar;

/**
 * How characters are spelled in strings of JSON.
 *
 * <p>A text that is known before (a name, a value of an enum, what a pattern describes) is spelled in one way only: each
 * character as itself, but {@code \" \\ \b \f \n \r \t}, and other control characters as {@code \}{@code u00} with two
 * lower-case digits. So a name that is not known cannot spell a known one. A free string may use every escape; those of
 * surrogates come in pairs.
 */
final class Spelling {
    /** One character of a free string. */
    static final Dfa ONE = one();
    /** The rest of a free string, with the quote that ends it. */
    static final Dfa FREE = rest(true);
    /** The rest of a string that is spelled in the one way, with the quote that ends it. */
    static final Dfa REST = rest(false);

    private Spelling() {}

    /** A text as it stands between quotes. */
    static String content(String text) {
        StringBuilder spelled = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int escape = "\"\\\b\f\n\r\t".indexOf(c);
            if (escape >= 0) {
                spelled.append('\\').append("\"\\bfnrt".charAt(escape));
            } else if (c < 0x20) {
                spelled.append(String.format("\\u%04x", (int) c));
            } else {
                spelled.append(c);
            }
        }
        return spelled.toString();
    }

    /** Adds the characters of a range, spelled in the one way. */
    static void add(Nfa nfa, int from, int to, int low, int high) {
        for (int c = low; c <= Math.min(high, 0x1f); c++) {
            escaped(nfa, from, to, c);
        }
        int start = Math.max(low, 0x20);
        for (int special : new int[] {'"', '\\'}) {
            if (start <= special && special <= high) {
                CodePoints.add(nfa, from, to, start, special - 1);
                escaped(nfa, from, to, special);
                start = special + 1;
            }
        }
        CodePoints.add(nfa, from, to, start, high);
    }

    private static void escaped(Nfa nfa, int from, int to, int character) {
        int last = nfa.text(from, content(Character.toString(character)));
        nfa.free(last, to);
    }

    private static Dfa one() {
        Nfa nfa = new Nfa(Work.ofSchema());
        int start = nfa.state();
        int end = nfa.state();
        free(nfa, start, end);
        return nfa.deterministic(start, end);
    }

    private static Dfa rest(boolean free) {
        Nfa nfa = new Nfa(Work.ofSchema());
        int start = nfa.state();
        int end = nfa.state();
        if (free) {
            free(nfa, start, start);
        } else {
            add(nfa, start, start, 0, Character.MAX_CODE_POINT);
        }
        nfa.edge(start, '"', '"', end);
        return nfa.deterministic(start, end);
    }

    /** A character as itself or by any escape. */
    private static void free(Nfa nfa, int from, int to) {
        CodePoints.add(nfa, from, to, 0x20, '"' - 1);
        CodePoints.add(nfa, from, to, '"' + 1, '\\' - 1);
        CodePoints.add(nfa, from, to, '\\' + 1, Character.MAX_CODE_POINT);
        int escape = nfa.text(from, "\\");
        for (char letter : "\"\\/bfnrt".toCharArray()) {
            nfa.edge(escape, letter, letter, to);
        }
        int unicode = nfa.text(escape, "u");
        hex(nfa, unicode, to, "0-9a-cA-Ce-fE-F", 3);
        int d = nfa.state();
        digit(nfa, unicode, d, "dD");
        int below = nfa.state();
        digit(nfa, d, below, "0-7");
        hexes(nfa, below, to, 2);
        int high = nfa.state();
        digit(nfa, d, high, "89abAB");
        int half = nfa.state();
        hexes(nfa, high, half, 2);
        int second = nfa.text(half, "\\u");
        int lowD = nfa.state();
        digit(nfa, second, lowD, "dD");
        int low = nfa.state();
        digit(nfa, lowD, low, "c-fC-F");
        hexes(nfa, low, to, 2);
    }

    private static void hex(Nfa nfa, int from, int to, String first, int more) {
        int next = nfa.state();
        digit(nfa, from, next, first);
        hexes(nfa, next, to, more);
    }

    private static void hexes(Nfa nfa, int from, int to, int count) {
        int state = from;
        for (int i = 1; i <= count; i++) {
            int next = i == count ? to : nfa.state();
            digit(nfa, state, next, "0-9a-fA-F");
            state = next;
        }
    }

    /** One of some digits, as in the brackets of a pattern. */
    private static void digit(Nfa nfa, int from, int to, String digits) {
        for (int i = 0; i < digits.length(); i++) {
            boolean range = i + 2 < digits.length() && digits.charAt(i + 1) == '-';
            nfa.edge(from, digits.charAt(i), digits.charAt(range ? i + 2 : i), to);
            i += range ? 2 : 0;
        }
    }
}
