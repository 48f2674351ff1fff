package dev.lora4j.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as Python reads and prints them; a boolean counts as 0 or 1. */
final class Numbers {
    private Numbers() {}

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static long toLong(Object value) {
        return value instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) value).longValue();
    }

    static double toDouble(Object value) {
        return value instanceof Double number ? number : toLong(value);
    }

    /** The shortest digits that read back as the same number, in Python's notation. */
    static String format(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String sign = value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        return sign + (exponent < -4 || exponent >= 16 ? scientific(digits, exponent) : plain(shortest));
    }

    /**
     * Tries ever fewer digits, from those of Double.toString on, which before Java 19 may be one too many.
     *
     * <p>At a power of two the next number lies twice as far above as below, so that only rounding up may read back.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal best = exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
        int digits = new BigDecimal(Double.toString(value)).stripTrailingZeros().precision();
        for (int precision = digits; precision > 0; precision--) {
            BigDecimal nearest = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
            BigDecimal above = exact.round(new MathContext(precision, RoundingMode.UP));
            if (nearest.doubleValue() == value) {
                best = nearest;
            } else if (above.doubleValue() == value) {
                best = above;
            } else {
                break;
            }
        }
        return best.stripTrailingZeros();
    }

    private static String plain(BigDecimal value) {
        String text = value.toPlainString();
        return text.indexOf('.') < 0 ? text + ".0" : text;
    }

    private static String scientific(String digits, int exponent) {
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        int size = Math.abs(exponent);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
    }

    /** Python's {@code int(text, base)}; throws NumberFormatException. */
    static long parseLong(String text, int base) {
        String digits = PythonText.strip(text).replace("_", "");
        String sign = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(0, 1) : "";
        String unsigned = digits.substring(sign.length());
        String prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
        if (!prefix.isEmpty() && unsigned.regionMatches(true, 0, prefix, 0, 2)) {
            unsigned = unsigned.substring(2);
        }
        if (unsigned.isEmpty() || Character.digit(unsigned.charAt(0), Math.max(base, 2)) < 0) {
            throw new NumberFormatException(text);
        }
        return Long.parseLong(sign + unsigned, base);
    }

    /** Python's {@code float(text)}; throws NumberFormatException. */
    static double parseDouble(String text) {
        String number = PythonText.strip(text).replace("_", "");
        String word = number.toLowerCase(Locale.ROOT);
        String unsigned = word.startsWith("-") || word.startsWith("+") ? word.substring(1) : word;
        double sign = word.startsWith("-") ? -1 : 1;
        switch (unsigned) {
            case "inf", "infinity" -> {
                return sign * Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> {
                if (!unsigned.chars().allMatch(c -> "0123456789.e+-".indexOf(c) >= 0)) {
                    throw new NumberFormatException(text);
                }
                return Double.parseDouble(number);
            }
        }
    }
}
