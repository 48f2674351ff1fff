package dev.lora4j.template;

/** String literals with Python's escapes. */
final class StringLiteral {
    private StringLiteral() {}

    /** The index after the closing quote of the literal at {@code start}, or -1 where it never closes. */
    static int end(String source, int start) {
        char quote = source.charAt(start);
        for (int i = start + 1; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == quote) {
                return i + 1;
            }
        }
        return -1;
    }

    static String unescape(String body, int line) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder out = new StringBuilder(body.length());
        int i = 0;
        while (i < body.length()) {
            char c = body.charAt(i);
            if (c == '\\' && i + 1 < body.length()) {
                i = escape(body, i + 1, out, line);
            } else {
                out.append(c);
                i++;
            }
        }
        return out.toString();
    }

    /** Appends the escape whose letter is at {@code at}; returns the index after it. */
    private static int escape(String body, int at, StringBuilder out, int line) {
        char c = body.charAt(at);
        int simple = "abfnrtv\\'\"".indexOf(c);
        if (simple >= 0) {
            out.append("\u0007\b\f\n\r\t\u000b\\'\"".charAt(simple));
            return at + 1;
        }
        return switch (c) {
            case '\n' -> at + 1;
            case 'x' -> hex(body, at + 1, 2, out, line);
            case 'u' -> hex(body, at + 1, 4, out, line);
            case 'U' -> hex(body, at + 1, 8, out, line);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(body, at, out);
            default -> {
                out.append('\\').append(c);
                yield at + 1;
            }
        };
    }

    private static int hex(String body, int from, int digits, StringBuilder out, int line) {
        int value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < body.length() ? Character.digit(body.charAt(i), 16) : -1;
            if (digit < 0 || value > Character.MAX_CODE_POINT >> 4) {
                throw new TemplateException(
                        "the escape \\" + body.charAt(from - 1) + " needs " + digits + " hex digits", line);
            }
            value = value * 16 + digit;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw new TemplateException("the escape \\" + body.charAt(from - 1) + " names no character", line);
        }
        out.appendCodePoint(value);
        return from + digits;
    }

    private static int octal(String body, int from, StringBuilder out) {
        int at = from;
        int value = 0;
        while (at < body.length() && at < from + 3 && Character.digit(body.charAt(at), 8) >= 0) {
            value = value * 8 + Character.digit(body.charAt(at), 8);
            at++;
        }
        out.appendCodePoint(value);
        return at;
    }
}
