package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.regex.Pattern;

/** What stands between white space, of any kind that Unicode knows. */
final class Words {
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private Words() {}

    static List<String> of(String text) {
        return SPACE.splitAsStream(text).filter(word -> !word.isEmpty()).toList();
    }
}
