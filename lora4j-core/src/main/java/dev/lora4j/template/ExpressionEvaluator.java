package dev.lora4j.template;

import dev.lora4j.template.Expression.CallArguments;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluates expressions within one rendering. */
final class ExpressionEvaluator {
    private final Budget budget;
    private final Attributes attributes;
    private final Arithmetic arithmetic;
    private final Comparisons comparisons;
    private final Filters filters;
    private final Tests tests;

    ExpressionEvaluator(Budget budget) {
        this.budget = budget;
        this.attributes = new Attributes(budget);
        this.arithmetic = new Arithmetic(budget);
        this.comparisons = new Comparisons(budget);
        this.tests = new Tests(budget);
        this.filters = new Filters(budget, attributes, tests);
    }

    Object evaluate(Expression expression, Scope scope) {
        budget.enter();
        try {
            Object value = value(expression, scope);
            budget.leave();
            return value;
        } catch (TemplateException e) {
            throw e.at(expression.line());
        }
    }

    private Object value(Expression expression, Scope scope) {
        if (expression instanceof Expression.Constant constant) {
            return constant.value();
        }
        if (expression instanceof Expression.Name name) {
            return scope.get(name.name());
        }
        if (expression instanceof Expression.Attribute attribute) {
            Object target = evaluate(attribute.target(), scope);
            budget.scan(target);
            return attributes.attribute(target, attribute.name());
        }
        if (expression instanceof Expression.Subscript subscript) {
            return subscript(subscript, scope);
        }
        if (expression instanceof Expression.Call call) {
            return call(evaluate(call.function(), scope), arguments(call.arguments(), scope));
        }
        if (expression instanceof Expression.Filter filter) {
            Object input = evaluate(filter.input(), scope);
            budget.scan(input);
            return filters.apply(filter.name(), input, arguments(filter.arguments(), scope));
        }
        if (expression instanceof Expression.Test test) {
            return test(test, scope);
        }
        return operation(expression, scope);
    }

    private Object operation(Expression expression, Scope scope) {
        if (expression instanceof Expression.Not not) {
            return !Values.truth(evaluate(not.operand(), scope));
        }
        if (expression instanceof Expression.And and) {
            Object left = evaluate(and.left(), scope);
            return Values.truth(left) ? evaluate(and.right(), scope) : left;
        }
        if (expression instanceof Expression.Or or) {
            Object left = evaluate(or.left(), scope);
            return Values.truth(left) ? left : evaluate(or.right(), scope);
        }
        if (expression instanceof Expression.Comparison comparison) {
            return compare(comparison, scope);
        }
        if (expression instanceof Expression.Arithmetic operation) {
            Object left = evaluate(operation.left(), scope);
            return arithmetic.apply(operation.operator(), left, evaluate(operation.right(), scope));
        }
        if (expression instanceof Expression.Concatenation concatenation) {
            return concatenate(concatenation.parts(), scope);
        }
        if (expression instanceof Expression.Conditional conditional) {
            boolean chosen = Values.truth(evaluate(conditional.condition(), scope));
            return evaluate(chosen ? conditional.then() : conditional.otherwise(), scope);
        }
        if (expression instanceof Expression.Sign sign) {
            return arithmetic.negate(evaluate(sign.operand(), scope), sign.negative());
        }
        return literal(expression, scope);
    }

    private Object literal(Expression expression, Scope scope) {
        if (expression instanceof Expression.ListLiteral list) {
            return all(list.items(), scope);
        }
        if (expression instanceof Expression.TupleLiteral tuple) {
            return new Tuple(all(tuple.items(), scope));
        }
        if (expression instanceof Expression.DictLiteral dict) {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (Expression.Entry entry : dict.entries()) {
                Object key = Values.key(evaluate(entry.key(), scope));
                map.put(key, evaluate(entry.value(), scope));
            }
            return map;
        }
        throw new TemplateException("a slice stands outside of a subscript");
    }

    private List<Object> all(List<Expression> expressions, Scope scope) {
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Object subscript(Expression.Subscript subscript, Scope scope) {
        Object target = evaluate(subscript.target(), scope);
        budget.scan(target);
        if (subscript.index() instanceof Expression.Slice slice) {
            Object start = evaluate(slice.start(), scope);
            Object stop = evaluate(slice.stop(), scope);
            return Slices.slice(target, start, stop, evaluate(slice.step(), scope), budget);
        }
        return attributes.item(target, evaluate(subscript.index(), scope));
    }

    private boolean compare(Expression.Comparison comparison, Scope scope) {
        Object left = evaluate(comparison.first(), scope);
        for (Expression.Link link : comparison.links()) {
            Object right = evaluate(link.right(), scope);
            budget.scan(right);
            if (!comparisons.compare(link.operator(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private String concatenate(List<Expression> parts, Scope scope) {
        StringBuilder out = new StringBuilder();
        for (Expression part : parts) {
            out.append(Repr.str(evaluate(part, scope), budget));
            if (out.length() > Limits.TEXT_CHARS) {
                break;
            }
        }
        budget.text(out.length());
        return out.toString();
    }

    private boolean test(Expression.Test test, Scope scope) {
        Object input = evaluate(test.input(), scope);
        budget.scan(input);
        Arguments arguments = arguments(test.arguments(), scope);
        return switch (test.name()) {
            case "filter" -> Values.isText(input) && filters.has(Values.text(input));
            case "test" -> Values.isText(input) && tests.has(Values.text(input));
            default -> tests.test(test.name(), input, arguments);
        };
    }

    Arguments arguments(CallArguments written, Scope scope) {
        List<Object> positional = all(written.positional(), scope);
        for (Expression spread : written.spread()) {
            Iterator<Object> items = Values.iterate(evaluate(spread, scope));
            while (items.hasNext()) {
                budget.step();
                positional.add(items.next());
            }
        }
        Map<String, Object> named = new LinkedHashMap<>();
        for (Expression.Keyword keyword : written.named()) {
            if (named.put(keyword.name(), evaluate(keyword.value(), scope)) != null) {
                throw new TemplateException("the argument '" + keyword.name() + "' is given twice");
            }
        }
        for (Expression spread : written.spreadNamed()) {
            if (!(evaluate(spread, scope) instanceof Map<?, ?> map)) {
                throw new TemplateException("** expected a dict");
            }
            Values.map(map).forEach((name, value) -> named.put(Repr.str(name, budget), value));
        }
        return new Arguments(positional, named);
    }

    Object call(Object function, Arguments arguments) {
        if (function instanceof Function callable) {
            return callable.body().call(arguments);
        }
        if (function instanceof LoopVariable loop) {
            return loop.recurse(arguments.bound("loop", "iterable").required(0, "loop"));
        }
        if (function instanceof Undefined undefined) {
            throw undefined.used();
        }
        throw new TemplateException("a value of type " + Values.typeName(function) + " cannot be called");
    }
}
