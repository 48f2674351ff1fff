package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The tokens of NIST's mteval-v13a, which sacrebleu calls {@code 13a}: punctuation stands alone, but for full stops and
 * commas between digits, and for apostrophes and hyphens.
 */
final class MtevalTokens {
    private static final Pattern SYMBOL = Pattern.compile("([\\{-~\\[-` -&\\(-+:-@/])");
    private static final Pattern POINT_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern POINT_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    private MtevalTokens() {}

    static List<String> of(String text) {
        String line = " " + unescaped(text) + " ";
        line = SYMBOL.matcher(line).replaceAll(" $1 ");
        line = POINT_AFTER_NO_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = POINT_BEFORE_NO_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return Words.of(line);
    }

    /** Text of the markup that these scripts were written for. */
    private static String unescaped(String text) {
        return text.replace("<skipped>", "")
                .replace("-\n", "")
                .replace("\n", " ")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
    }

    /** Small letters for A to Z alone, as mteval's {@code tr/[A-Z]/[a-z]/}. */
    static String lowerAscii(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
        }
        return lower.toString();
    }
}
