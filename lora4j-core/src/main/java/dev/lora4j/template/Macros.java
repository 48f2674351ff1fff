package dev.lora4j.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Macros and call blocks: their scope is the one they are written in. */
final class Macros {
    @FunctionalInterface
    interface Bodies {
        String render(List<Statement> body, Scope scope);
    }

    private final ExpressionEvaluator expressions;
    private final Bodies bodies;

    Macros(ExpressionEvaluator expressions, Bodies bodies) {
        this.expressions = expressions;
        this.bodies = bodies;
    }

    Function define(Statement.Definition definition, Scope scope) {
        return new Function(
                definition.name(),
                arguments -> bodies.render(definition.body(), bind(definition, arguments, new Scope(scope))));
    }

    Object call(Statement.CallBlock block, Scope scope) {
        Object function = expressions.evaluate(block.call().function(), scope);
        Arguments arguments = expressions.arguments(block.call().arguments(), scope);
        return expressions.call(function, arguments.with("caller", define(block.caller(), scope)));
    }

    private Scope bind(Statement.Definition definition, Arguments arguments, Scope scope) {
        List<Statement.Parameter> parameters = definition.parameters();
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        Object caller = named.remove("caller");
        scope.set("caller", caller == null ? new Undefined("no caller defined: use {% call %}") : caller);
        int given = Math.min(arguments.positional().size(), parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            Statement.Parameter parameter = parameters.get(i);
            Object value = i < given ? arguments.positional().get(i) : named.remove(parameter.name());
            scope.set(parameter.name(), value == null ? expressions.evaluate(parameter.fallback(), scope) : value);
        }
        List<Object> rest = new ArrayList<>(
                arguments.positional().subList(given, arguments.positional().size()));
        if (definition.takesVarargs()) {
            scope.set("varargs", new Tuple(rest));
        } else if (!rest.isEmpty()) {
            throw new TemplateException("the macro '" + definition.name() + "' takes at most " + parameters.size()
                    + " arguments, got " + arguments.positional().size());
        }
        if (definition.takesKwargs()) {
            scope.set("kwargs", new LinkedHashMap<Object, Object>(named));
        } else if (!named.isEmpty()) {
            throw new TemplateException("the macro '" + definition.name() + "' has no parameter '"
                    + named.keySet().iterator().next() + "'");
        }
        return scope;
    }
}
