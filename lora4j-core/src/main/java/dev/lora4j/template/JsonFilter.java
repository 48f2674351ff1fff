package dev.lora4j.template;

import java.util.List;

/** The arguments of the filter tojson, as transformers defines it. */
final class JsonFilter {
    private JsonFilter() {}

    static String apply(Object input, Arguments arguments, Budget budget) {
        Arguments bound = arguments.bound("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        boolean indented = bound.has(1);
        String comma = indented ? "," : ", ";
        String colon = ": ";
        if (bound.has(2)) {
            List<Object> separators = Values.items(bound.get(2, None.NONE));
            if (separators.size() != 2 || !separators.stream().allMatch(Values::isText)) {
                throw new TemplateException("tojson expects separators=(comma, colon)");
            }
            comma = Values.text(separators.get(0));
            colon = Values.text(separators.get(1));
        }
        String indent = indented ? indent(bound.get(1, None.NONE)) : "";
        ToJson.Style style =
                new ToJson.Style(bound.flag(0, false), indented, indent, comma, colon, bound.flag(3, false));
        return ToJson.write(input, style, budget);
    }

    private static String indent(Object value) {
        if (Values.isText(value)) {
            return Values.text(value);
        }
        if (!(value instanceof Long || value instanceof Boolean)) {
            throw new TemplateException("tojson expects an integer or a text for indent");
        }
        long width = Math.max(0, Numbers.toLong(value));
        return " ".repeat((int) Math.min(width, 1000));
    }
}
