package dev.lora4j.template;

import org.jspecify.annotations.Nullable;

/**
 * A number literal: its kind, its digits without underscores, and where it ends.
 *
 * @param end the index of the first char after it
 */
record NumberLiteral(Token.Type type, String text, int end) {

    static NumberLiteral at(String source, int start) {
        NumberLiteral prefixed = prefixed(source, start);
        if (prefixed != null) {
            return prefixed;
        }
        int end = digits(source, start);
        boolean attribute = start > 0 && source.charAt(start - 1) == '.';
        int decimals = attribute ? end : fraction(source, end);
        int exponent = attribute ? end : exponent(source, decimals);
        Token.Type type = exponent > end ? Token.Type.FLOAT : Token.Type.INTEGER;
        return new NumberLiteral(type, source.substring(start, exponent).replace("_", ""), exponent);
    }

    private static @Nullable NumberLiteral prefixed(String source, int start) {
        if (source.charAt(start) != '0' || start + 2 >= source.length()) {
            return null;
        }
        int radix = switch (Character.toLowerCase(source.charAt(start + 1))) {
            case 'b' -> 2;
            case 'o' -> 8;
            case 'x' -> 16;
            default -> 0;
        };
        int end = start + 2;
        while (radix > 0
                && end < source.length()
                && (source.charAt(end) == '_' || Character.digit(source.charAt(end), radix) >= 0)) {
            end++;
        }
        if (end == start + 2) {
            return null;
        }
        String digits = source.substring(start, end).replace("_", "");
        return new NumberLiteral(Token.Type.INTEGER, digits, end);
    }

    private static int fraction(String source, int at) {
        if (at + 1 < source.length() && source.charAt(at) == '.' && isDigit(source.charAt(at + 1))) {
            return digits(source, at + 1);
        }
        return at;
    }

    private static int exponent(String source, int at) {
        if (at >= source.length() || Character.toLowerCase(source.charAt(at)) != 'e') {
            return at;
        }
        int digits = at + 1;
        if (digits < source.length() && (source.charAt(digits) == '+' || source.charAt(digits) == '-')) {
            digits++;
        }
        return digits < source.length() && isDigit(source.charAt(digits)) ? digits(source, digits) : at;
    }

    private static int digits(String source, int from) {
        int at = from;
        while (at < source.length()
                && (isDigit(source.charAt(at))
                        || (source.charAt(at) == '_' && at + 1 < source.length() && isDigit(source.charAt(at + 1))))) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
