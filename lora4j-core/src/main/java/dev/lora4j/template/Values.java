package dev.lora4j.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What Python does with a value of any type: its truth, length, items and kind.
 *
 * <p>The only values are String, {@link SafeText}, Boolean, Long, Double, List, {@link Tuple}, Map, {@link None},
 * {@link Undefined}, {@link Range}, {@link Generator}, {@link DictView}, {@link Namespace}, {@link LoopVariable} and
 * {@link Function}.
 */
final class Values {
    private Values() {}

    static boolean isText(Object value) {
        return value instanceof String || value instanceof SafeText;
    }

    /** The chars of a text value. */
    static String text(Object value) {
        return value instanceof SafeText safe ? safe.text() : (String) value;
    }

    static boolean truth(Object value) {
        if (value instanceof Boolean flag) {
            return flag;
        }
        if (isText(value)) {
            return !text(value).isEmpty();
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        if (value == None.NONE || value instanceof Undefined) {
            return false;
        }
        return !isSized(value) || length(value) != 0;
    }

    static boolean isSized(Object value) {
        return isText(value)
                || value instanceof List
                || value instanceof Map
                || value instanceof Tuple
                || value instanceof DictView
                || value instanceof Range
                || value instanceof Undefined
                || value instanceof LoopVariable;
    }

    static long length(Object value) {
        if (isText(value)) {
            String text = text(value);
            return text.codePointCount(0, text.length());
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        if (value instanceof LoopVariable loop) {
            return loop.length();
        }
        if (isSized(value)) {
            return items(value).size();
        }
        throw new TemplateException("a value of type " + typeName(value) + " has no length");
    }

    static boolean isIterable(Object value) {
        return isSized(value) || value instanceof Generator;
    }

    /** The items of a loop over the value; reading a {@link Generator} uses it up. */
    static Iterator<Object> iterate(Object value) {
        if (value instanceof Generator generator) {
            return generator.items();
        }
        if (isText(value)) {
            return text(value)
                    .codePoints()
                    .<Object>mapToObj(Character::toString)
                    .iterator();
        }
        return items(value).iterator();
    }

    /** All items as a list, which shares the value's own where it is one. */
    static List<Object> items(Object value) {
        if (value instanceof List<?>) {
            return list(value);
        }
        if (value instanceof Tuple tuple) {
            return tuple.items();
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof DictView view) {
            return view.items();
        }
        if (value instanceof Range range) {
            return range.items();
        }
        if (value instanceof Undefined) {
            return List.of();
        }
        if (isText(value)) {
            return letters(text(value));
        }
        if (value instanceof Generator generator) {
            List<Object> items = new ArrayList<>();
            generator.items().forEachRemaining(items::add);
            return items;
        }
        throw new TemplateException("a value of type " + typeName(value) + " cannot be looped over");
    }

    private static List<Object> letters(String text) {
        if (text.length() > Limits.RANGE_ITEMS) {
            throw new TemplateException("a text of " + text.length() + " chars is too long to take apart, at most "
                    + Limits.RANGE_ITEMS + " are allowed");
        }
        return new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked")
    static Map<Object, Object> map(Object value) {
        return (Map<Object, Object>) value;
    }

    /** The value as a dict key: plain text for marked text; lists and dicts are refused. */
    static Object key(Object value) {
        if (value instanceof SafeText safe) {
            return safe.text();
        }
        if (value instanceof List || value instanceof Map) {
            throw new TemplateException("a value of type " + typeName(value) + " cannot be a key");
        }
        return value;
    }

    static String typeName(Object value) {
        if (isText(value)) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Long) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof Map) {
            return "dict";
        }
        if (value == None.NONE) {
            return "none";
        }
        if (value instanceof DictView view) {
            return "dict_" + view.kind();
        }
        if (value instanceof Tuple) {
            return "tuple";
        }
        if (value instanceof Undefined) {
            return "undefined";
        }
        if (value instanceof Range) {
            return "range";
        }
        if (value instanceof Generator) {
            return "generator";
        }
        return value instanceof Namespace ? "namespace" : value instanceof LoopVariable ? "loop" : "function";
    }
}
