package dev.lora4j.template;

import dev.lora4j.template.Expression.CallArguments;
import java.util.ArrayList;
import java.util.List;

/**
 * Parses operators, weakest first, as {@code jinja2.parser} does.
 *
 * <p>Note two surprises of that grammar: {@code ~} binds tighter than {@code +}, and filters bind tighter than the sign.
 */
final class ExpressionParser {
    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    /** One expression, with {@code a if b else c}. */
    Expression expression() {
        tokens.enter();
        int line = tokens.line();
        Expression result = withoutConditional();
        while (tokens.skipName("if")) {
            Expression condition = withoutConditional();
            Expression otherwise = tokens.skipName("else")
                    ? expression()
                    : new Expression.Constant(line, new Undefined("the inline if is false and has no else"));
            result = new Expression.Conditional(line, condition, result, otherwise);
        }
        tokens.leave();
        return result;
    }

    /** One expression, or several with commas, which make a tuple. */
    Expression tuple(boolean conditional) {
        int line = tokens.line();
        List<Expression> items = new ArrayList<>();
        boolean comma = false;
        while (!atTupleEnd()) {
            items.add(conditional ? expression() : withoutConditional());
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (items.isEmpty()) {
            throw tokens.unexpected("an expression");
        }
        return comma ? new Expression.TupleLiteral(line, List.copyOf(items)) : items.get(0);
    }

    private boolean atTupleEnd() {
        Token token = tokens.current();
        return token.is(Token.Type.VARIABLE_END) || token.is(Token.Type.BLOCK_END) || token.isOperator(")");
    }

    Expression filters(Expression input) {
        Expression result = input;
        while (tokens.skipOperator("|")) {
            result = filter(result);
        }
        return result;
    }

    /** A filter whose {@code |} has been read. */
    Expression filter(Expression input) {
        Token name = tokens.expect(Token.Type.NAME, "the name of a filter");
        CallArguments arguments = tokens.current().isOperator("(") ? operands.arguments() : CallArguments.NONE;
        return new Expression.Filter(name.line(), input, name.text(), arguments);
    }

    private Expression withoutConditional() {
        Expression left = and();
        while (tokens.current().isName("or")) {
            left = new Expression.Or(tokens.next().line(), left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.current().isName("and")) {
            left = new Expression.And(tokens.next().line(), left, not());
        }
        return left;
    }

    private Expression not() {
        if (!tokens.current().isName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression result = new Expression.Not(tokens.next().line(), not());
        tokens.leave();
        return result;
    }

    private Expression comparison() {
        int line = tokens.line();
        Expression first = sum();
        List<Expression.Link> links = new ArrayList<>();
        for (String operator = comparator(); !operator.isEmpty(); operator = comparator()) {
            links.add(new Expression.Link(operator, sum()));
        }
        return links.isEmpty() ? first : new Expression.Comparison(line, first, List.copyOf(links));
    }

    /** Reads a comparison operator; empty where none follows. */
    private String comparator() {
        Token token = tokens.current();
        if (token.is(Token.Type.OPERATOR)) {
            return switch (token.text()) {
                case "==", "!=", "<", "<=", ">", ">=" -> tokens.next().text();
                default -> "";
            };
        }
        if (tokens.skipName("in")) {
            return "in";
        }
        if (token.isName("not") && tokens.look().isName("in")) {
            tokens.next();
            tokens.next();
            return "not in";
        }
        return "";
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.current().isOperator("+") || tokens.current().isOperator("-")) {
            Token operator = tokens.next();
            left = new Expression.Arithmetic(operator.line(), operator.text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        int line = tokens.line();
        Expression first = product();
        if (!tokens.current().isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concatenation(line, List.copyOf(parts));
    }

    private Expression product() {
        Expression left = power();
        while (isProduct(tokens.current())) {
            Token operator = tokens.next();
            left = new Expression.Arithmetic(operator.line(), operator.text(), left, power());
        }
        return left;
    }

    private static boolean isProduct(Token token) {
        return token.isOperator("*") || token.isOperator("/") || token.isOperator("//") || token.isOperator("%");
    }

    private Expression power() {
        Expression left = operands.operand(true);
        while (tokens.current().isOperator("**")) {
            int line = tokens.next().line();
            left = new Expression.Arithmetic(line, "**", left, operands.operand(true));
        }
        return left;
    }
}
