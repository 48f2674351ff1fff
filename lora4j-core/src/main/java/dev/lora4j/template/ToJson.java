package dev.lora4j.template;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * JSON as the filter tojson of transformers writes it, which is Python's {@code json.dumps}.
 *
 * <p>Written by hand because Jackson differs in separators, number forms and escapes.
 */
final class ToJson {
    private final Budget budget;
    private final Style style;
    private final StringBuilder out = new StringBuilder();

    /**
     * The arguments of the filter.
     *
     * @param indented whether items stand on lines of their own, each level indented by {@code indent}
     */
    record Style(boolean ascii, boolean indented, String indent, String comma, String colon, boolean sorted) {}

    private ToJson(Style style, Budget budget) {
        this.style = style;
        this.budget = budget;
    }

    static String write(Object value, Style style, Budget budget) {
        ToJson json = new ToJson(style, budget);
        json.value(value, 0);
        budget.text(json.out.length());
        return json.out.toString();
    }

    private void value(Object value, int level) {
        budget.step();
        if (out.length() > Limits.TEXT_CHARS) {
            budget.text(out.length());
        }
        if (value instanceof List) {
            items(Values.list(value), level);
        } else if (value instanceof Tuple tuple) {
            items(tuple.items(), level);
        } else if (value instanceof Map) {
            map(Values.map(value), level);
        } else if (Values.isText(value)) {
            quote(Values.text(value));
        } else {
            out.append(scalar(value));
        }
    }

    private static String scalar(Object value) {
        if (value instanceof Boolean || value instanceof Long) {
            return value.toString();
        }
        if (value == None.NONE) {
            return "null";
        }
        if (value instanceof Double number) {
            return number.isNaN()
                    ? "NaN"
                    : number.isInfinite() ? (number > 0 ? "Infinity" : "-Infinity") : Numbers.format(number);
        }
        if (value instanceof Undefined undefined) {
            throw new TemplateException("tojson got an undefined value: " + undefined.message());
        }
        throw new TemplateException("tojson cannot write a value of type " + Values.typeName(value));
    }

    private void items(List<Object> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        boolean first = true;
        for (Object item : items) {
            separate(first, level + 1);
            first = false;
            value(item, level + 1);
        }
        newline(level);
        out.append(']');
    }

    private void map(Map<Object, Object> map, int level) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        List<Object> keys = List.copyOf(map.keySet());
        if (style.sorted()) {
            keys = keys.stream().sorted(new Comparisons(budget).ascending()).toList();
        }
        out.append('{');
        boolean first = true;
        for (Object key : keys) {
            separate(first, level + 1);
            first = false;
            if (key instanceof Tuple) {
                throw new TemplateException("tojson cannot write a tuple as a key");
            }
            quote(Values.isText(key) ? Values.text(key) : scalar(key));
            out.append(style.colon());
            value(Objects.requireNonNull(map.get(key)), level + 1);
        }
        newline(level);
        out.append('}');
    }

    private void separate(boolean first, int level) {
        if (!first) {
            out.append(style.comma());
        }
        newline(level);
    }

    private void newline(int level) {
        if (style.indented()) {
            out.append('\n');
            for (int i = 0; i < level; i++) {
                out.append(style.indent());
            }
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int simple = "\"\\\n\r\t\b\f".indexOf(c);
            if (simple >= 0) {
                out.append('\\').append("\"\\nrtbf".charAt(simple));
            } else if (c < 0x20 || (style.ascii() && c > 0x7e)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
