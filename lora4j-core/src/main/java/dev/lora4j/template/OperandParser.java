package dev.lora4j.template;

import dev.lora4j.template.Expression.CallArguments;
import java.util.ArrayList;
import java.util.List;

/** Parses names and literals with the subscripts, calls, filters and tests behind them. */
final class OperandParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression operand(boolean withFilters) {
        tokens.enter();
        Token token = tokens.current();
        Expression result;
        if (token.isOperator("-") || token.isOperator("+")) {
            tokens.next();
            result = new Expression.Sign(token.line(), token.text().equals("-"), operand(false));
        } else {
            result = primary();
        }
        result = postfix(result);
        if (withFilters) {
            result = filtersAndTests(result);
        }
        tokens.leave();
        return result;
    }

    private Expression primary() {
        Token token = tokens.next();
        int line = token.line();
        return switch (token.type()) {
            case NAME -> name(token);
            case STRING -> new Expression.Constant(line, strings(token));
            case INTEGER -> new Expression.Constant(line, integer(token));
            case FLOAT -> new Expression.Constant(line, Double.valueOf(token.text()));
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesized(line);
                    case "[" -> new Expression.ListLiteral(line, items("]"));
                    case "{" -> dict(line);
                    default -> throw unexpected(token);
                };
            default -> throw unexpected(token);
        };
    }

    private static TemplateException unexpected(Token token) {
        return new TemplateException("found " + token.describe() + ", expected an expression", token.line());
    }

    private static Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Constant(token.line(), true);
            case "false", "False" -> new Expression.Constant(token.line(), false);
            case "none", "None" -> new Expression.Constant(token.line(), None.NONE);
            default -> new Expression.Name(token.line(), token.text());
        };
    }

    private String strings(Token first) {
        StringBuilder text = new StringBuilder(first.text());
        while (tokens.current().is(Token.Type.STRING)) {
            text.append(tokens.next().text());
        }
        return text.toString();
    }

    private static Long integer(Token token) {
        String text = token.text();
        int radix = 10;
        if (text.length() > 2 && text.charAt(0) == '0') {
            radix = switch (Character.toLowerCase(text.charAt(1))) {
                case 'b' -> 2;
                case 'o' -> 8;
                case 'x' -> 16;
                default -> 10;
            };
        }
        try {
            return Long.valueOf(radix == 10 ? text : text.substring(2), radix);
        } catch (NumberFormatException e) {
            throw new TemplateException("the integer " + text + " does not fit in 64 bits", token.line());
        }
    }

    private Expression parenthesized(int line) {
        if (tokens.skipOperator(")")) {
            return new Expression.TupleLiteral(line, List.of());
        }
        Expression inner = expressions.tuple(true);
        tokens.expectOperator(")");
        return inner;
    }

    private List<Expression> items(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(close)) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(close)) {
                    break;
                }
            }
            items.add(expressions.expression());
        }
        return List.copyOf(items);
    }

    private Expression dict(int line) {
        List<Expression.Entry> entries = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            if (!entries.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("}")) {
                    break;
                }
            }
            Expression key = expressions.expression();
            tokens.expectOperator(":");
            entries.add(new Expression.Entry(key, expressions.expression()));
        }
        return new Expression.DictLiteral(line, List.copyOf(entries));
    }

    private Expression postfix(Expression start) {
        Expression result = start;
        while (true) {
            Token token = tokens.current();
            if (token.isOperator(".")) {
                result = attribute(result);
            } else if (token.isOperator("[")) {
                result = subscript(result);
            } else if (token.isOperator("(")) {
                result = new Expression.Call(token.line(), result, arguments());
            } else {
                return result;
            }
        }
    }

    private Expression attribute(Expression target) {
        int line = tokens.next().line();
        Token name = tokens.next();
        return switch (name.type()) {
            case NAME -> new Expression.Attribute(line, target, name.text());
            case INTEGER -> new Expression.Subscript(line, target, new Expression.Constant(line, integer(name)));
            default ->
                throw new TemplateException(
                        "found " + name.describe() + " after '.', expected a name or a number", name.line());
        };
    }

    private Expression subscript(Expression target) {
        int line = tokens.next().line();
        List<Expression> indexes = new ArrayList<>();
        while (!tokens.skipOperator("]")) {
            if (!indexes.isEmpty()) {
                tokens.expectOperator(",");
            }
            indexes.add(index());
        }
        Expression index = indexes.size() == 1 ? indexes.get(0) : new Expression.TupleLiteral(line, indexes);
        return new Expression.Subscript(line, target, index);
    }

    private Expression index() {
        int line = tokens.line();
        Expression start = slicePart(line);
        if (!tokens.skipOperator(":")) {
            return start;
        }
        Expression stop = slicePart(line);
        Expression step = tokens.skipOperator(":") ? slicePart(line) : new Expression.Constant(line, None.NONE);
        return new Expression.Slice(line, start, stop, step);
    }

    private Expression slicePart(int line) {
        Token token = tokens.current();
        boolean absent = token.isOperator(":") || token.isOperator("]") || token.isOperator(",");
        return absent ? new Expression.Constant(line, None.NONE) : expressions.expression();
    }

    private Expression filtersAndTests(Expression start) {
        Expression result = start;
        while (true) {
            Token token = tokens.current();
            if (token.isOperator("|")) {
                result = expressions.filters(result);
            } else if (token.isName("is")) {
                result = test(result);
            } else if (token.isOperator("(")) {
                result = new Expression.Call(token.line(), result, arguments());
            } else {
                return result;
            }
        }
    }

    private Expression test(Expression input) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        String name = tokens.expect(Token.Type.NAME, "the name of a test").text();
        CallArguments arguments = CallArguments.NONE;
        Token token = tokens.current();
        if (token.isOperator("(")) {
            arguments = arguments();
        } else if (startsTestArgument(token)) {
            if (token.isName("is")) {
                throw new TemplateException("tests cannot be chained with 'is', join them with 'and'", token.line());
            }
            Expression argument = postfix(primary());
            arguments = new CallArguments(List.of(argument), List.of(), List.of(), List.of());
        }
        Expression test = new Expression.Test(line, input, name, arguments);
        return negated ? new Expression.Not(line, test) : test;
    }

    private static boolean startsTestArgument(Token token) {
        return switch (token.type()) {
            case NAME ->
                !token.text().equals("else")
                        && !token.text().equals("or")
                        && !token.text().equals("and");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
    }

    CallArguments arguments() {
        int line = tokens.next().line();
        List<Expression> positional = new ArrayList<>();
        List<Expression.Keyword> named = new ArrayList<>();
        List<Expression> spread = new ArrayList<>();
        List<Expression> spreadNamed = new ArrayList<>();
        boolean first = true;
        while (!tokens.skipOperator(")")) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(")")) {
                    break;
                }
            }
            first = false;
            if (tokens.skipOperator("*")) {
                spread.add(expressions.expression());
            } else if (tokens.skipOperator("**")) {
                spreadNamed.add(expressions.expression());
            } else if (tokens.current().is(Token.Type.NAME) && tokens.look().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                named.add(new Expression.Keyword(name, expressions.expression()));
            } else {
                if (!named.isEmpty() || !spread.isEmpty() || !spreadNamed.isEmpty()) {
                    throw new TemplateException("a positional argument follows a named or spread one", line);
                }
                positional.add(expressions.expression());
            }
        }
        if (spread.size() > 1 || spreadNamed.size() > 1) {
            throw new TemplateException("a call spreads at most one * and one **", line);
        }
        return new CallArguments(
                List.copyOf(positional), List.copyOf(named), List.copyOf(spread), List.copyOf(spreadNamed));
    }
}
