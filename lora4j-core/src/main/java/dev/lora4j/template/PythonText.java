package dev.lora4j.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text as Python's str sees it: its own idea of white space, lines and titles. */
final class PythonText {
    private PythonText() {}

    static boolean isSpace(int c) {
        return (c >= 0x09 && c <= 0x0d)
                || (c >= 0x1c && c <= 0x20)
                || c == 0x85
                || c == 0xa0
                || (c > 0xff && Character.isSpaceChar(c));
    }

    /** Whether at least one char follows {@code from}, and all of them are white space. */
    static boolean isBlank(String text, int from) {
        return from < text.length() && text.chars().skip(from).allMatch(PythonText::isSpace);
    }

    static String strip(String text) {
        return stripEnd(stripStart(text));
    }

    static String stripStart(String text) {
        int start = 0;
        while (start < text.length() && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    /** Strips any of {@code chars} from the chosen sides. */
    static String strip(String text, String chars, boolean left, boolean right) {
        int start = 0;
        int end = text.length();
        while (left && start < end && chars.indexOf(text.codePointAt(start)) >= 0) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && chars.indexOf(text.codePointBefore(end)) >= 0) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    /** {@code str.splitlines} */
    static List<String> lines(String text, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isLineEnd(c)) {
                continue;
            }
            int end = c == '\r' && text.startsWith("\n", i + 1) ? i + 2 : i + 1;
            lines.add(text.substring(start, keepEnds ? end : i));
            start = end;
            i = end - 1;
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    /** At least as many as {@link #lines} gives. */
    static long countLines(String text) {
        return 1 + text.chars().filter(PythonText::isLineEnd).count();
    }

    private static boolean isLineEnd(int c) {
        return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.codePointAt(0);
        return titlecase(first) + lower(text.substring(Character.charCount(first)));
    }

    /** {@code str.title}: a capital after anything that is no letter. */
    static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            out.append(inWord ? lower(Character.toString(c)) : titlecase(c));
            inWord = isCased(c);
        }
        return out.toString();
    }

    private static String titlecase(int c) {
        int title = Character.toTitleCase(c);
        return title != c ? Character.toString(title) : upper(Character.toString(c));
    }

    static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    /** {@code str.isupper} or {@code str.islower} */
    static boolean allCased(String text, boolean upper) {
        boolean any = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            if (isCased(c)) {
                any = true;
                if (upper ? !Character.isUpperCase(c) : !Character.isLowerCase(c)) {
                    return false;
                }
            }
        }
        return any;
    }

    static String swapCase(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .mapToObj(c -> Character.isUpperCase(c) ? lower(Character.toString(c)) : upper(Character.toString(c)))
                .forEach(out::append);
        return out.toString();
    }
}
