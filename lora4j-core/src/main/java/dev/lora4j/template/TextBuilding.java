package dev.lora4j.template;

import java.util.Iterator;

/** Methods of text that build a longer one. */
final class TextBuilding {
    private TextBuilding() {}

    static Object call(String text, String name, Arguments arguments, Budget budget) {
        return switch (name) {
            case "replace" -> {
                Arguments bound = arguments.bound(name, "old", "new", "count");
                yield replace(text, bound.text(0, name), bound.text(1, name), bound.integer(2, -1, name), budget);
            }
            case "join" -> join(text, arguments.bound(name, "iterable").required(0, name), budget);
            case "zfill" -> zeros(text, arguments.bound(name, "width").integer(0, 0, name), budget);
            default -> {
                Arguments bound = arguments.bound(name, "width", "fillchar");
                String fill = bound.has(1) ? bound.text(1, name) : " ";
                yield pad(text, name, bound.integer(0, 0, name), fill, budget);
            }
        };
    }

    static String replace(String text, String old, String replacement, long count, Budget budget) {
        budget.search(text, old);
        StringBuilder out = new StringBuilder();
        long left = count < 0 ? Long.MAX_VALUE : count;
        int start = 0;
        int from = 0;
        while (left > 0) {
            int at = from > text.length() ? -1 : text.indexOf(old, from);
            if (at < 0) {
                break;
            }
            out.append(text, start, at).append(replacement);
            checkLength(out, budget);
            start = at + old.length();
            from = old.isEmpty() ? nextPoint(text, at) : start;
            left--;
        }
        if (start < text.length()) {
            out.append(text, start, text.length());
        }
        budget.text(out.length());
        return out.toString();
    }

    private static int nextPoint(String text, int at) {
        return at < text.length() ? at + Character.charCount(text.codePointAt(at)) : at + 1;
    }

    private static void checkLength(StringBuilder out, Budget budget) {
        if (out.length() > Limits.TEXT_CHARS) {
            budget.text(out.length());
        }
    }

    private static String join(String separator, Object iterable, Budget budget) {
        StringBuilder out = new StringBuilder();
        Iterator<Object> items = Values.iterate(iterable);
        for (int i = 0; items.hasNext(); i++) {
            budget.step();
            Object item = items.next();
            if (!Values.isText(item)) {
                throw new TemplateException("join() expected texts, item " + i + " is " + Values.typeName(item));
            }
            out.append(i == 0 ? "" : separator).append(Values.text(item));
            checkLength(out, budget);
        }
        budget.text(out.length());
        return out.toString();
    }

    private static String zeros(String text, long width, Budget budget) {
        long missing = Math.max(0, width - Values.length(text));
        budget.text(missing);
        budget.text(text.length());
        int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        return text.substring(0, sign) + "0".repeat((int) missing) + text.substring(sign);
    }

    static String pad(String text, String side, long width, String fill, Budget budget) {
        if (Values.length(fill) != 1) {
            throw new TemplateException(side + "() fills with exactly one character");
        }
        long missing = Math.max(0, width - Values.length(text));
        budget.text(missing);
        budget.text(text.length());
        // CPython puts the odd fill of center on the left when the width is odd too
        long left = switch (side) {
            case "ljust" -> 0;
            case "rjust" -> missing;
            default -> missing / 2 + (missing & width & 1);
        };
        return fill.repeat((int) left) + text + fill.repeat((int) (missing - left));
    }
}
