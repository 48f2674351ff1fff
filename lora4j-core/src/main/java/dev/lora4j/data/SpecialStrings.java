package dev.lora4j.data;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Finds the texts of special tokens in other text. Immutable. */
final class SpecialStrings {
    private final Set<String> texts;
    private final Set<Character> firsts = new HashSet<>();
    private final TreeSet<Integer> lengths = new TreeSet<>();

    SpecialStrings(Set<String> texts) {
        this.texts = Set.copyOf(texts);
        for (String text : texts) {
            if (!text.isEmpty()) {
                firsts.add(text.charAt(0));
                lengths.add(text.length());
            }
        }
    }

    boolean in(String text) {
        return next(text, 0) >= 0;
    }

    /** Where the next one begins, or −1. */
    int next(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (firsts.contains(text.charAt(i)) && lengthAt(text, i) > 0) {
                return i;
            }
        }
        return -1;
    }

    /** The length of the longest one that begins at a char, or 0; the longest is what the tokenizer takes. */
    int lengthAt(String text, int start) {
        for (int length : lengths.descendingSet()) {
            if (start + length <= text.length() && texts.contains(text.substring(start, start + length))) {
                return length;
            }
        }
        return 0;
    }
}
