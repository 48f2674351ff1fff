package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The tokens of rouge-score: small letters a to z and digits, all else divides; words of more than 3 may be stemmed. */
final class RougeTokens {
    private static final Pattern OTHER = Pattern.compile("[^a-z0-9]+");

    private RougeTokens() {}

    static List<String> of(String text, boolean stemmed) {
        return OTHER.splitAsStream(text.toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .map(word -> stemmed && word.length() > 3 ? PorterStemmer.stem(word) : word)
                .toList();
    }
}
