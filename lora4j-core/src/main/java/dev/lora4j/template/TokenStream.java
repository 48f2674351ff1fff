package dev.lora4j.template;

import java.util.List;

/** A cursor over the tokens of one template; confined to one parse. */
final class TokenStream {
    private final List<Token> tokens;
    private int position;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(position);
    }

    Token next() {
        Token token = current();
        if (position < tokens.size() - 1) {
            position++;
        }
        return token;
    }

    Token look() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    int line() {
        return current().line();
    }

    int position() {
        return position;
    }

    boolean mentions(String name, int from) {
        return tokens.subList(from, position).stream().anyMatch(token -> token.isName(name));
    }

    boolean skipName(String name) {
        return skip(current().isName(name));
    }

    boolean skipOperator(String operator) {
        return skip(current().isOperator(operator));
    }

    private boolean skip(boolean matches) {
        if (matches) {
            next();
        }
        return matches;
    }

    Token expect(Token.Type type, String what) {
        if (!current().is(type)) {
            throw unexpected(what);
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    TemplateException unexpected(String expected) {
        return new TemplateException("found " + current().describe() + ", expected " + expected, line());
    }

    void enter() {
        if (++depth > Limits.PARSE_DEPTH) {
            throw new TemplateException("nested deeper than " + Limits.PARSE_DEPTH, line());
        }
    }

    void leave() {
        depth--;
    }
}
