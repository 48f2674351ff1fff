package dev.lora4j.template;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's {@code text.format(...)}, with fields that are a number or a name and nothing else.
 *
 * <p>Fields that reach into a value, such as {@code {0.name}}, are refused: sandboxes have been escaped through them.
 */
final class BraceFormat {
    private static final Pattern SPEC =
            Pattern.compile("(?:(.)?([<>^]))?([-+ ]?)(#?)(0?)(\\d{0,6})(\\.\\d{1,4})?([sdixXofFeEgG]?)");

    private final Budget budget;
    private final PythonFormat format;

    BraceFormat(Budget budget) {
        this.budget = budget;
        this.format = new PythonFormat(budget);
    }

    String apply(String text, Arguments arguments) {
        StringBuilder out = new StringBuilder();
        int automatic = 0;
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if ((c == '{' || c == '}') && text.startsWith(String.valueOf(c), at + 1)) {
                out.append(c);
                at += 2;
            } else if (c == '{') {
                int end = text.indexOf('}', at);
                String field = end < 0 ? "" : text.substring(at + 1, end);
                if (end < 0 || field.indexOf('{') >= 0) {
                    throw new TemplateException("format() found a '{' without its '}'");
                }
                int name = nameEnd(field);
                Object value = value(field.substring(0, name), automatic, arguments);
                automatic += name == 0 ? 1 : 0;
                append(out, formatted(value, field.substring(name)));
                at = end + 1;
            } else if (c == '}') {
                throw new TemplateException("format() found a single '}'");
            } else {
                out.append(c);
                at++;
            }
        }
        budget.text(out.length());
        return out.toString();
    }

    private void append(StringBuilder out, String part) {
        budget.text(part.length());
        out.append(part);
        if (out.length() > Limits.TEXT_CHARS) {
            budget.text(out.length());
        }
    }

    private static int nameEnd(String field) {
        int end = 0;
        while (end < field.length() && field.charAt(end) != ':' && field.charAt(end) != '!') {
            end++;
        }
        return end;
    }

    private static Object value(String name, int automatic, Arguments arguments) {
        Map<String, Object> named = arguments.named();
        Object value = named.get(name);
        if (value != null) {
            return value;
        }
        List<Object> positional = arguments.positional();
        boolean number = name.length() < 6 && name.chars().allMatch(c -> c >= '0' && c <= '9');
        int index = name.isEmpty() ? automatic : number ? Integer.parseInt(name) : Integer.MAX_VALUE;
        if (index >= positional.size()) {
            throw new TemplateException("format() has no value for the field '{" + name
                    + "}', which may be a number or the name of an argument");
        }
        return positional.get(index);
    }

    private String formatted(Object value, String rest) {
        Object shown = value;
        String spec = rest;
        if (rest.startsWith("!r") || rest.startsWith("!s")) {
            shown = rest.startsWith("!r") ? Repr.repr(value, budget) : Repr.str(value, budget);
            spec = rest.substring(2);
        }
        if (spec.isEmpty() || spec.equals(":")) {
            return Repr.str(shown, budget);
        }
        Matcher match = SPEC.matcher(spec.substring(1));
        if (spec.charAt(0) != ':' || !match.matches() || !(Values.isText(shown) || Numbers.isNumber(shown))) {
            throw new TemplateException("format() does not understand the format '" + spec + "'");
        }
        return padded(shown, match);
    }

    private String padded(Object value, Matcher spec) {
        boolean number = !Values.isText(value);
        String precision = spec.group(7) == null ? "" : spec.group(7);
        String kind = spec.group(8).isEmpty() ? kind(value, precision) : spec.group(8);
        boolean zeros = number && !spec.group(5).isEmpty() && spec.group(2) == null;
        String width = spec.group(6).isEmpty() ? "0" : spec.group(6);
        String directive = "%" + spec.group(3) + spec.group(4) + (zeros ? "0" + width : "") + precision + kind;
        String body = Values.text(format.apply(directive, new Tuple(List.of(value))));
        String fill = spec.group(1) != null ? spec.group(1) : " ";
        String align = spec.group(2) != null ? spec.group(2) : number ? ">" : "<";
        long missing = Math.max(0, Long.parseLong(width) - Values.length(body));
        long left = align.equals(">") ? missing : align.equals("^") ? missing / 2 : 0;
        budget.text(missing);
        return fill.repeat((int) left) + body + fill.repeat((int) (missing - left));
    }

    private static String kind(Object value, String precision) {
        if (Values.isText(value) || (value instanceof Double && precision.isEmpty())) {
            return "s";
        }
        return value instanceof Double ? "g" : "d";
    }
}
