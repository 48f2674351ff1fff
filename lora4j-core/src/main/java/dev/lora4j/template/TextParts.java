package dev.lora4j.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Methods of text that cut it into parts. */
final class TextParts {
    private TextParts() {}

    static Object call(String text, String name, Arguments arguments, Budget budget) {
        budget.text(text.length());
        if (name.endsWith("partition")) {
            String separator = arguments.bound(name, "sep").text(0, name);
            budget.search(text, separator);
            return partition(text, separator, name.equals("rpartition"));
        }
        List<Object> parts;
        if (name.equals("splitlines")) {
            budget.steps(PythonText.countLines(text));
            boolean keepEnds = arguments.bound(name, "keepends").flag(0, false);
            parts = new ArrayList<>(PythonText.lines(text, keepEnds));
        } else {
            Arguments bound = arguments.bound(name, "sep", "maxsplit");
            long most = bound.integer(1, -1, name);
            long splits = most < 0 ? Long.MAX_VALUE : most;
            boolean right = name.equals("rsplit");
            budget.search(text, bound.has(0) ? bound.text(0, name) : "");
            parts = bound.has(0)
                    ? split(text, bound.text(0, name), splits, right, budget)
                    : words(text, splits, right, budget);
        }
        return parts;
    }

    private static Tuple partition(String text, String separator, boolean right) {
        if (separator.isEmpty()) {
            throw new TemplateException("partition() got an empty separator");
        }
        int at = right ? text.lastIndexOf(separator) : text.indexOf(separator);
        if (at < 0) {
            return right ? Tuple.of("", "", text) : Tuple.of(text, "", "");
        }
        return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private static List<Object> split(String text, String separator, long splits, boolean right, Budget budget) {
        if (separator.isEmpty()) {
            throw new TemplateException("split() got an empty separator");
        }
        List<Object> parts = new ArrayList<>();
        if (right) {
            int end = text.length();
            for (int at = lastIndex(text, separator, end); at >= 0 && parts.size() < splits; ) {
                budget.step();
                parts.add(text.substring(at + separator.length(), end));
                end = at;
                at = lastIndex(text, separator, end);
            }
            parts.add(text.substring(0, end));
            Collections.reverse(parts);
            return parts;
        }
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() < splits; at = text.indexOf(separator, start)) {
            budget.step();
            parts.add(text.substring(start, at));
            start = at + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static int lastIndex(String text, String separator, int end) {
        return text.lastIndexOf(separator, end - separator.length());
    }

    /** Splits at runs of white space; the last part keeps what {@code splits} left, without space at the open end. */
    private static List<Object> words(String text, long splits, boolean right, Budget budget) {
        return right ? wordsFromEnd(text, splits, budget) : wordsFromStart(text, splits, budget);
    }

    private static List<Object> wordsFromStart(String text, long splits, Budget budget) {
        List<Object> parts = new ArrayList<>();
        int at = skip(text, 0, true, 1);
        while (at < text.length()) {
            int end = parts.size() < splits ? skip(text, at, false, 1) : text.length();
            budget.step();
            parts.add(text.substring(at, end));
            at = skip(text, end, true, 1);
        }
        return parts;
    }

    private static List<Object> wordsFromEnd(String text, long splits, Budget budget) {
        List<Object> parts = new ArrayList<>();
        int at = skip(text, text.length() - 1, true, -1);
        while (at >= 0) {
            int start = parts.size() < splits ? skip(text, at, false, -1) : -1;
            budget.step();
            parts.add(text.substring(start + 1, at + 1));
            at = skip(text, start, true, -1);
        }
        Collections.reverse(parts);
        return parts;
    }

    /** The first index from {@code from} on whose char is white space or not, whichever is not skipped. */
    private static int skip(String text, int from, boolean space, int step) {
        int at = from;
        while (at >= 0 && at < text.length() && PythonText.isSpace(text.charAt(at)) == space) {
            at += step;
        }
        return at;
    }
}
