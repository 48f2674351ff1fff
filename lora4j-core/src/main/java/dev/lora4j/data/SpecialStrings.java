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
        for (int i = 0; i < text.length(); i++) {
            if (lengthAt(text, i) > 0) {
                return true;
            }
        }
        return false;
    }

    /** The length of the longest one that begins at a char, or 0; the longest is what the tokenizer takes. */
    int lengthAt(String text, int start) {
        if (!firsts.contains(text.charAt(start))) {
            return 0;
        }
        for (int length : lengths.descendingSet()) {
            if (start + length <= text.length() && texts.contains(text.substring(start, start + length))) {
                return length;
            }
        }
        return 0;
    }
}
