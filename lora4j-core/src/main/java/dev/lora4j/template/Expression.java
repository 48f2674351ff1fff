package dev.lora4j.template;

import java.util.List;

/** An expression of a template; immutable. */
sealed interface Expression {
    int line();

    record Constant(int line, Object value) implements Expression {}

    record Name(int line, String name) implements Expression {}

    record ListLiteral(int line, List<Expression> items) implements Expression {}

    record TupleLiteral(int line, List<Expression> items) implements Expression {}

    record DictLiteral(int line, List<Entry> entries) implements Expression {}

    record Entry(Expression key, Expression value) {}

    /** {@code target.name} */
    record Attribute(int line, Expression target, String name) implements Expression {}

    /** {@code target[index]} */
    record Subscript(int line, Expression target, Expression index) implements Expression {}

    /** {@code start:stop:step} within a subscript; an absent part is the constant none. */
    record Slice(int line, Expression start, Expression stop, Expression step) implements Expression {}

    record Call(int line, Expression function, CallArguments arguments) implements Expression {}

    /** {@code input|name(arguments)} */
    record Filter(int line, Expression input, String name, CallArguments arguments) implements Expression {}

    /** {@code input is name arguments} */
    record Test(int line, Expression input, String name, CallArguments arguments) implements Expression {}

    record Not(int line, Expression operand) implements Expression {}

    /** {@code -operand} or {@code +operand} */
    record Sign(int line, boolean negative, Expression operand) implements Expression {}

    record And(int line, Expression left, Expression right) implements Expression {}

    record Or(int line, Expression left, Expression right) implements Expression {}

    record Arithmetic(int line, String operator, Expression left, Expression right) implements Expression {}

    /** {@code a ~ b ~ c} */
    record Concatenation(int line, List<Expression> parts) implements Expression {}

    /** {@code first < b <= c}, each link with the operand on its right. */
    record Comparison(int line, Expression first, List<Link> links) implements Expression {}

    record Link(String operator, Expression right) {}

    /** {@code then if condition else otherwise} */
    record Conditional(int line, Expression condition, Expression then, Expression otherwise) implements Expression {}

    /**
     * The arguments as written.
     *
     * @param spread at most one {@code *list}
     * @param spreadNamed at most one {@code **dict}
     */
    record CallArguments(
            List<Expression> positional, List<Keyword> named, List<Expression> spread, List<Expression> spreadNamed) {
        static final CallArguments NONE = new CallArguments(List.of(), List.of(), List.of(), List.of());
    }

    record Keyword(String name, Expression value) {}
}
