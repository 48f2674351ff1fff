package dev.lora4j.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Python's {@code text % values}. */
final class PythonFormat {
    private static final Pattern DIRECTIVE =
            Pattern.compile("%(?:\\(([^)]*)\\))?([-+ #0]*)(\\d+|\\*)?(?:\\.(\\d+|\\*)?)?[hlL]?(.)?", Pattern.DOTALL);

    private static final int MAX_PRECISION = 1000;

    private final Budget budget;

    PythonFormat(Budget budget) {
        this.budget = budget;
    }

    private record Directive(String flags, int width, int precision, char kind) {
        boolean has(char flag) {
            return flags.indexOf(flag) >= 0;
        }
    }

    Object apply(Object template, Object values) {
        String text = Values.text(template);
        boolean safe = template instanceof SafeText;
        List<Object> positional = values instanceof Tuple tuple ? tuple.items() : List.of(values);
        StringBuilder out = new StringBuilder();
        Matcher directives = DIRECTIVE.matcher(text);
        int start = 0;
        int used = 0;
        while (directives.find()) {
            out.append(text, start, directives.start());
            start = directives.end();
            Directive directive = directive(directives);
            if (directive.kind() == '%') {
                out.append('%');
                continue;
            }
            Object value;
            if (directives.group(1) != null) {
                value = named(values, directives.group(1));
            } else if (used < positional.size()) {
                value = positional.get(used++);
            } else {
                throw new TemplateException("the format '" + text + "' needs more values than it got");
            }
            out.append(padded(directive, safe ? escaped(value) : value));
            budget.text(out.length());
        }
        out.append(text.substring(start));
        if (used < positional.size() && !isLookup(values)) {
            throw new TemplateException("the format '" + text + "' needs fewer values than it got");
        }
        budget.text(out.length());
        return safe ? new SafeText(out.toString()) : out.toString();
    }

    /** Python lets values go unused that could be looked up by name; it asks only whether they have subscripts. */
    private static boolean isLookup(Object values) {
        return values instanceof Map
                || values instanceof List
                || values instanceof Range
                || values instanceof Undefined;
    }

    private static Object escaped(Object value) {
        return Values.isText(value) ? SafeText.escaped(value) : value;
    }

    private static Object named(Object values, String name) {
        Object value = values instanceof Map<?, ?> map ? map.get(name) : null;
        if (value == null) {
            throw new TemplateException("the format got no value for '" + name + "'");
        }
        return value;
    }

    private static Directive directive(Matcher match) {
        String kind = match.group(5);
        if (kind == null || "*".equals(match.group(3)) || "*".equals(match.group(4))) {
            throw new TemplateException("the format directive '" + match.group() + "' is incomplete or takes '*'");
        }
        boolean point = match.group().indexOf('.') >= 0;
        return new Directive(
                match.group(2), number(match.group(3), 0), number(match.group(4), point ? 0 : -1), kind.charAt(0));
    }

    private static int number(@Nullable String digits, int fallback) {
        if (digits == null) {
            return fallback;
        }
        return digits.length() > 8 ? Limits.TEXT_CHARS + 1 : Integer.parseInt(digits);
    }

    private String padded(Directive directive, Object value) {
        String body = body(directive, value);
        int missing = directive.width() - body.codePointCount(0, body.length());
        if (missing <= 0) {
            return body;
        }
        budget.text(missing);
        if (directive.has('-')) {
            return body + " ".repeat(missing);
        }
        if (directive.has('0') && "diufFeEgGxXo".indexOf(directive.kind()) >= 0) {
            int sign = body.startsWith("-") || body.startsWith("+") || body.startsWith(" ") ? 1 : 0;
            return body.substring(0, sign) + "0".repeat(missing) + body.substring(sign);
        }
        return " ".repeat(missing) + body;
    }

    private String body(Directive directive, Object value) {
        return switch (directive.kind()) {
            case 's' -> cut(directive, Repr.str(value, budget));
            case 'r', 'a' -> cut(directive, Repr.repr(value, budget));
            case 'c' -> Values.isText(value) ? Values.text(value) : Character.toString((int) integer(directive, value));
            case 'd', 'i', 'u' -> whole(directive, value, 10, "");
            case 'x' -> whole(directive, value, 16, "0x");
            case 'X' -> whole(directive, value, 16, "0X").toUpperCase(Locale.ROOT);
            case 'o' -> whole(directive, value, 8, "0o");
            case 'f', 'F', 'e', 'E', 'g', 'G' -> real(directive, value);
            default -> throw new TemplateException("the format directive '%" + directive.kind() + "' is unknown");
        };
    }

    private static String cut(Directive directive, String text) {
        if (directive.precision() < 0 || directive.precision() >= text.codePointCount(0, text.length())) {
            return text;
        }
        return text.substring(0, text.offsetByCodePoints(0, directive.precision()));
    }

    private static long integer(Directive directive, Object value) {
        if (!Numbers.isNumber(value) || (value instanceof Double && "diu".indexOf(directive.kind()) < 0)) {
            throw new TemplateException("%" + directive.kind() + " expected a number, found " + Values.typeName(value));
        }
        return value instanceof Double number ? (long) (double) number : Numbers.toLong(value);
    }

    private static String whole(Directive directive, Object value, int radix, String prefix) {
        long number = integer(directive, value);
        String digits = Long.toUnsignedString(Math.abs(number), radix);
        return sign(directive, number < 0) + (directive.has('#') ? prefix : "") + digits;
    }

    private static String sign(Directive directive, boolean negative) {
        return negative ? "-" : directive.has('+') ? "+" : directive.has(' ') ? " " : "";
    }

    private String real(Directive directive, Object value) {
        if (!Numbers.isNumber(value)) {
            throw new TemplateException("%" + directive.kind() + " expected a number, found " + Values.typeName(value));
        }
        double number = Numbers.toDouble(value);
        int precision = directive.precision() < 0 ? 6 : directive.precision();
        if (precision > MAX_PRECISION) {
            throw new TemplateException("a format may ask for " + MAX_PRECISION + " decimals, found " + precision);
        }
        budget.steps(precision);
        double size = Math.abs(number);
        String digits;
        if (Double.isNaN(size) || Double.isInfinite(size)) {
            digits = Double.isNaN(size) ? "nan" : "inf";
        } else {
            digits = switch (Character.toLowerCase(directive.kind())) {
                case 'f' -> fixed(size, precision);
                case 'e' -> scientific(size, precision);
                default -> general(size, Math.max(1, precision));
            };
        }
        boolean upper = Character.isUpperCase(directive.kind());
        boolean negative = number < 0 || (number == 0 && 1 / number < 0);
        return sign(directive, negative) + (upper ? digits.toUpperCase(Locale.ROOT) : digits);
    }

    private static String fixed(double size, int precision) {
        return new BigDecimal(size).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(double size, int precision) {
        if (size == 0) {
            return fixed(0, precision) + "e+00";
        }
        BigDecimal rounded = new BigDecimal(size).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String mantissa = rounded.movePointLeft(exponent)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
        return mantissa + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String general(double size, int precision) {
        String scientific = scientific(size, precision - 1);
        int e = scientific.indexOf('e');
        int exponent = Integer.parseInt(scientific.substring(e + 1));
        if (exponent < -4 || exponent >= precision) {
            return trimmed(scientific.substring(0, e)) + scientific.substring(e);
        }
        return trimmed(fixed(size, precision - 1 - exponent));
    }

    private static String trimmed(String digits) {
        return digits.indexOf('.') < 0 ? digits : digits.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
