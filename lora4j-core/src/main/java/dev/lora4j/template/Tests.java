package dev.lora4j.template;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tests behind {@code is}, and those that select and reject take by name. */
final class Tests {
    private static final Set<String> OTHERS = Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "mapping",
            "number",
            "integer",
            "float",
            "boolean",
            "true",
            "false",
            "iterable",
            "sequence",
            "callable",
            "escaped",
            "odd",
            "even",
            "lower",
            "upper",
            "divisibleby",
            "sameas",
            "filter",
            "test");

    private final Comparisons comparisons;
    private final Arithmetic arithmetic;
    private final Budget budget;

    Tests(Budget budget) {
        this.budget = budget;
        this.comparisons = new Comparisons(budget);
        this.arithmetic = new Arithmetic(budget);
    }

    boolean test(String name, Object value, Arguments arguments) {
        String operator = operator(name);
        if (!operator.isEmpty()) {
            Object other = arguments.bound(name, "other").required(0, name);
            return comparisons.compare(operator, value, other);
        }
        return switch (name) {
            case "divisibleby" ->
                isZero(arithmetic.apply("%", value, arguments.bound(name, "num").required(0, name)));
            case "sameas" -> same(value, arguments.bound(name, "other").required(0, name));
            default -> {
                arguments.bound(name);
                yield plain(name, value);
            }
        };
    }

    boolean has(String name) {
        return !operator(name).isEmpty() || OTHERS.contains(name);
    }

    private static String operator(String name) {
        return switch (name) {
            case "==", "eq", "equalto" -> "==";
            case "!=", "ne" -> "!=";
            case "<", "lt", "lessthan" -> "<";
            case "<=", "le" -> "<=";
            case ">", "gt", "greaterthan" -> ">";
            case ">=", "ge" -> ">=";
            case "in" -> "in";
            default -> "";
        };
    }

    private boolean plain(String name, Object value) {
        return switch (name) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == None.NONE;
            case "string" -> Values.isText(value);
            case "mapping" -> value instanceof Map;
            case "number" -> Numbers.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> value.equals(true);
            case "false" -> value.equals(false);
            case "iterable" -> Values.isIterable(value);
            case "sequence" -> isSequence(value);
            // Jinja asks whether a value has __call__, and its Undefined has one, to raise its error
            case "callable" -> value instanceof Function || value instanceof LoopVariable || value instanceof Undefined;
            case "escaped" -> value instanceof SafeText;
            case "odd" -> comparisons.equal(arithmetic.apply("%", value, 2L), 1L);
            case "even" -> isZero(arithmetic.apply("%", value, 2L));
            case "lower" -> PythonText.allCased(Repr.str(value, budget), false);
            case "upper" -> PythonText.allCased(Repr.str(value, budget), true);
            default -> throw new TemplateException("there is no test named '" + name + "'");
        };
    }

    private static boolean isSequence(Object value) {
        return Values.isText(value)
                || value instanceof List
                || value instanceof Map
                || value instanceof Tuple
                || value instanceof Undefined
                || value instanceof Range;
    }

    private static boolean isZero(Object number) {
        return Numbers.isNumber(number) && Numbers.toDouble(number) == 0;
    }

    private static boolean same(Object value, Object other) {
        boolean scalar = value instanceof Boolean || value instanceof Long || value instanceof String;
        return scalar ? value.equals(other) : value == other;
    }
}
