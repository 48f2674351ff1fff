package dev.lora4j.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, with Jinja's whitespace control.
 *
 * <p>As {@code jinja2.lexer} with {@code trim_blocks} and {@code lstrip_blocks}: the newline after a block or comment goes,
 * and so does the indentation before one; {@code -} and {@code +} at a tag override both. One newline at the very end is
 * dropped.
 */
final class Lexer {
    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> brackets = new ArrayDeque<>();
    private int position;
    private int line = 1;
    /** Whether the last tag swallowed a newline, so that the next text starts a line. */
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokenize(String template) {
        String normalized = template.replace("\r\n", "\n").replace('\r', '\n');
        if (normalized.endsWith("\n")) {
            normalized = normalized.substring(0, normalized.length() - 1);
        }
        Lexer lexer = new Lexer(normalized);
        lexer.root();
        return lexer.tokens;
    }

    private void root() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(Token.Type.DATA, source.substring(position));
                advance(source.length());
                break;
            }
            char kind = source.charAt(tag + 1);
            addData(source.substring(position, tag), signAt(tag + 2), kind != '{');
            advance(tag);
            switch (kind) {
                case '#' -> comment();
                case '{' -> inside(Token.Type.VARIABLE_BEGIN, Token.Type.VARIABLE_END);
                default -> {
                    int raw = tagEnd(tag, "raw");
                    if (raw >= 0) {
                        raw(raw);
                    } else {
                        inside(Token.Type.BLOCK_BEGIN, Token.Type.BLOCK_END);
                    }
                }
            }
        }
        add(Token.Type.END, "");
    }

    private int nextTag() {
        for (int i = source.indexOf('{', position); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '%' || next == '{' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private void addData(String text, char sign, boolean block) {
        String kept = text;
        if (sign == '-') {
            kept = PythonText.stripEnd(text);
        } else if (sign != '+' && block) {
            int start = text.lastIndexOf('\n') + 1;
            if ((start > 0 || lineStarting) && PythonText.isBlank(text, start)) {
                kept = text.substring(0, start);
            }
        }
        if (!kept.isEmpty()) {
            add(Token.Type.DATA, kept);
        }
        lineStarting = false;
    }

    private char signAt(int index) {
        char c = index < source.length() ? source.charAt(index) : ' ';
        return c == '-' || c == '+' ? c : ' ';
    }

    private void comment() {
        int begin = line;
        advance(position + (signAt(position + 2) == ' ' ? 2 : 3));
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw new TemplateException("the comment has no end, '#}' is missing", begin);
        }
        char sign = end > position ? source.charAt(end - 1) : ' ';
        advance(end + 2);
        afterTag(sign);
    }

    /** The end of {@code {% word %}} starting at {@code from}, or -1 where something else stands. */
    private int tagEnd(int from, String word) {
        int at = skipSpace(from + (signAt(from + 2) == ' ' ? 2 : 3));
        if (!source.startsWith(word, at)) {
            return -1;
        }
        at = skipSpace(at + word.length());
        if (at < source.length() && (source.charAt(at) == '-' || (source.charAt(at) == '+' && word.equals("endraw")))) {
            at++;
        }
        return source.startsWith("%}", at) ? at + 2 : -1;
    }

    private void raw(int bodyStart) {
        int begin = line;
        boolean strip = source.charAt(bodyStart - 3) == '-';
        int start = strip ? skipSpace(bodyStart) : bodyStart;
        advance(start);
        lineStarting = source.charAt(start - 1) == '\n';
        for (int i = source.indexOf("{%", start); i >= 0; i = source.indexOf("{%", i + 1)) {
            int end = tagEnd(i, "endraw");
            if (end >= 0) {
                addData(source.substring(start, i), signAt(i + 2), true);
                advance(end);
                afterTag(source.charAt(end - 3));
                return;
            }
        }
        throw new TemplateException("the raw block has no end, '{% endraw %}' is missing", begin);
    }

    private void afterTag(char sign) {
        int end = position;
        if (sign == '-') {
            end = skipSpace(position);
        } else if (sign != '+' && source.startsWith("\n", position)) {
            end = position + 1;
        }
        lineStarting = end > position && source.charAt(end - 1) == '\n';
        advance(end);
    }

    private void inside(Token.Type begin, Token.Type end) {
        add(begin, "");
        advance(position + (signAt(position + 2) == ' ' ? 2 : 3));
        boolean block = end == Token.Type.BLOCK_END;
        String close = block ? "%}" : "}}";
        brackets.clear();
        while (position < source.length()) {
            if (brackets.isEmpty()) {
                char sign = signAt(position);
                boolean signed = (sign == '-' || (block && sign == '+')) && source.startsWith(close, position + 1);
                if (signed || source.startsWith(close, position)) {
                    add(end, "");
                    advance(position + (signed ? 3 : 2));
                    afterTag(signed ? sign : block ? ' ' : '+');
                    return;
                }
            }
            token();
        }
    }

    private void token() {
        char c = source.charAt(position);
        if (PythonText.isSpace(c)) {
            advance(skipSpace(position));
        } else if (c >= '0' && c <= '9') {
            NumberLiteral number = NumberLiteral.at(source, position);
            add(number.type(), number.text());
            advance(number.end());
        } else if (c == '_' || Character.isLetterOrDigit(source.codePointAt(position))) {
            name();
        } else if (c == '\'' || c == '"') {
            int end = StringLiteral.end(source, position);
            if (end < 0) {
                throw new TemplateException("the string has no end, " + c + " is missing", line);
            }
            add(Token.Type.STRING, StringLiteral.unescape(source.substring(position + 1, end - 1), line));
            advance(end);
        } else {
            operator(c);
        }
    }

    private void name() {
        int end = position;
        while (end < source.length()) {
            int c = source.codePointAt(end);
            if (c != '_' && !Character.isUnicodeIdentifierPart(c)) {
                break;
            }
            end += Character.charCount(c);
        }
        String name = source.substring(position, Math.max(end, position + 1));
        int first = name.codePointAt(0);
        if (first != '_' && !Character.isUnicodeIdentifierStart(first)) {
            throw new TemplateException("'" + name + "' is no name: it may not start with that character", line);
        }
        add(Token.Type.NAME, name);
        advance(position + name.length());
    }

    private void operator(char c) {
        String two = position + 2 <= source.length() ? source.substring(position, position + 2) : "";
        String operator = switch (two) {
            case "//", "**", "==", "!=", ">=", "<=" -> two;
            default -> String.valueOf(c);
        };
        if (operator.length() == 1 && "+-/*%~[](){}><=.:|,;".indexOf(c) < 0) {
            throw new TemplateException(
                    "unexpected character '" + Character.toString(source.codePointAt(position)) + "'", line);
        }
        balance(c);
        add(Token.Type.OPERATOR, operator);
        advance(position + operator.length());
    }

    private void balance(char c) {
        switch (c) {
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '{' -> brackets.push('}');
            case ')', ']', '}' -> {
                Character expected = brackets.isEmpty() ? null : brackets.pop();
                if (expected == null || expected != c) {
                    String hint = expected == null ? "nothing is open" : "expected '" + expected + "'";
                    throw new TemplateException("unexpected '" + c + "', " + hint, line);
                }
            }
            default -> {}
        }
    }

    private int skipSpace(int from) {
        int at = from;
        while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
            at++;
        }
        return at;
    }

    private void add(Token.Type type, String text) {
        tokens.add(new Token(type, text, line));
    }

    private void advance(int to) {
        for (int i = position; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        position = to;
    }
}
