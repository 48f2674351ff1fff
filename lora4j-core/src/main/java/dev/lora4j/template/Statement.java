package dev.lora4j.template;

import java.util.List;

/** A statement of a template, or its literal text; immutable. */
sealed interface Statement {
    int line();

    record Text(int line, String text) implements Statement {}

    /** {@code {{ expression }}} */
    record Output(int line, Expression expression) implements Statement {}

    record Set(int line, Target target, Expression value) implements Statement {}

    /** {@code {% set target %}body{% endset %}}; the value reads the body's text as {@link #CAPTURED}. */
    record SetBlock(int line, Target target, Expression value, List<Statement> body) implements Statement {}

    /** {@code {% filter f %}body{% endfilter %}}; the value reads the body's text as {@link #CAPTURED}. */
    record FilterBlock(int line, Expression value, List<Statement> body) implements Statement {}

    record If(int line, List<Branch> branches, List<Statement> otherwise) implements Statement {}

    record Branch(Expression condition, List<Statement> body) {}

    /**
     * A loop.
     *
     * @param conditions at most one, the inline {@code if} that picks the items
     */
    record For(
            int line,
            Target target,
            Expression iterable,
            List<Expression> conditions,
            boolean recursive,
            List<Statement> body,
            List<Statement> otherwise)
            implements Statement {}

    record Macro(int line, Definition definition) implements Statement {}

    /** {@code {% call(parameters) function(arguments) %}body{% endcall %}} */
    record CallBlock(int line, Definition caller, Expression.Call call) implements Statement {}

    record With(int line, List<Target> targets, List<Expression> values, List<Statement> body) implements Statement {}

    /** {@code {% generation %}body{% endgeneration %}}: what the model says. */
    record Generation(int line, List<Statement> body) implements Statement {}

    record Break(int line) implements Statement {}

    record Continue(int line) implements Statement {}

    /** Name of the captured text, which no template can write. */
    String CAPTURED = "(captured)";

    /** A macro, or the body of a call block; the flags say which special names its body mentions. */
    record Definition(
            String name, List<Parameter> parameters, List<Statement> body, boolean takesVarargs, boolean takesKwargs) {}

    record Parameter(String name, Expression fallback) {}

    /** What a value is assigned to. */
    sealed interface Target {}

    record Variable(String name) implements Target {}

    record NamespaceAttribute(String namespace, String attribute) implements Target {}

    record Unpack(List<Target> targets) implements Target {}
}
