package dev.lora4j.template;

/** Methods of text that look for another text; positions count code points, as in Python. */
final class TextSearch {
    private TextSearch() {}

    static Object call(String text, String name, Arguments arguments, Budget budget) {
        Arguments bound = arguments.bound(name, "text", "start", "end");
        int length = text.codePointCount(0, text.length());
        long start = position(bound.has(1) ? bound.integer(1, 0, name) : 0, length);
        long end = Math.min(length, position(bound.has(2) ? bound.integer(2, length, name) : length, length));
        if (start > end) {
            return nothing(name);
        }
        int from = text.offsetByCodePoints(0, (int) start);
        String part = text.substring(from, text.offsetByCodePoints(0, (int) end));
        Object wanted = bound.required(0, name);
        if (name.endsWith("with")) {
            return affix(part, name, wanted);
        }
        String needle = bound.text(0, name);
        budget.search(part, needle);
        if (name.equals("count")) {
            return count(part, needle);
        }
        int found = name.startsWith("r") ? part.lastIndexOf(needle) : part.indexOf(needle);
        return found < 0 ? nothing(name) : (Object) (start + part.codePointCount(0, found));
    }

    private static long position(long index, int length) {
        return index < 0 ? Math.max(0, index + length) : index;
    }

    private static Object nothing(String name) {
        return switch (name) {
            case "startswith", "endswith" -> false;
            case "count" -> 0L;
            case "find", "rfind" -> -1L;
            default -> throw new TemplateException(name + "() did not find the text");
        };
    }

    private static boolean affix(String part, String name, Object wanted) {
        if (wanted instanceof Tuple tuple) {
            return tuple.items().stream().anyMatch(item -> affix(part, name, item));
        }
        if (!Values.isText(wanted)) {
            throw new TemplateException(
                    name + "() expected a text or a tuple of texts, found " + Values.typeName(wanted));
        }
        String affix = Values.text(wanted);
        return name.equals("startswith") ? part.startsWith(affix) : part.endsWith(affix);
    }

    private static long count(String part, String needle) {
        if (needle.isEmpty()) {
            return part.codePointCount(0, part.length()) + 1L;
        }
        long count = 0;
        for (int at = part.indexOf(needle); at >= 0; at = part.indexOf(needle, at + needle.length())) {
            count++;
        }
        return count;
    }
}
