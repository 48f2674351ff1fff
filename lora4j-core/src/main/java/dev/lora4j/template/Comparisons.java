package dev.lora4j.template;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Equality, order and membership as in Python. */
final class Comparisons {
    private final Budget budget;

    Comparisons(Budget budget) {
        this.budget = budget;
    }

    boolean compare(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "<" -> order(left, right, operator) < 0;
            case "<=" -> order(left, right, operator) <= 0 && !isNan(left, right);
            case ">" -> order(left, right, operator) > 0 && !isNan(left, right);
            case ">=" -> order(left, right, operator) >= 0 && !isNan(left, right);
            case "in" -> contains(right, left);
            case "not in" -> !contains(right, left);
            default -> throw new IllegalStateException(operator);
        };
    }

    private static boolean isNan(Object left, Object right) {
        return (left instanceof Double a && a.isNaN()) || (right instanceof Double b && b.isNaN());
    }

    boolean equal(Object left, Object right) {
        budget.step();
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return (left instanceof Double || right instanceof Double)
                    ? Numbers.toDouble(left) == Numbers.toDouble(right)
                    : Numbers.toLong(left) == Numbers.toLong(right);
        }
        if (left == right) {
            return true;
        }
        if (Values.isText(left) && Values.isText(right)) {
            return Values.text(left).equals(Values.text(right));
        }
        if (left instanceof List && right instanceof List) {
            return equalItems(Values.list(left), Values.list(right));
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return equalItems(a.items(), b.items());
        }
        if (left instanceof Map && right instanceof Map) {
            return equalMaps(Values.map(left), Values.map(right));
        }
        if (left instanceof Range a && right instanceof Range b) {
            return equalItems(a.items(), b.items());
        }
        return left instanceof Undefined && right instanceof Undefined;
    }

    private boolean equalItems(List<Object> left, List<Object> right) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<Object> other = right.iterator();
        for (Object item : left) {
            if (!equal(item, other.next())) {
                return false;
            }
        }
        return true;
    }

    private boolean equalMaps(Map<Object, Object> left, Map<Object, Object> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<Object, Object> entry : left.entrySet()) {
            Object other = right.get(entry.getKey());
            if (other == null || !equal(entry.getValue(), other)) {
                return false;
            }
        }
        return true;
    }

    Comparator<Object> ascending() {
        return (left, right) -> order(left, right, "<");
    }

    /** Negative, zero or positive; throws where Python has no order. */
    int order(Object left, Object right, String operator) {
        budget.step();
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return (left instanceof Double || right instanceof Double)
                    ? Double.compare(Numbers.toDouble(left) + 0.0, Numbers.toDouble(right) + 0.0)
                    : Long.compare(Numbers.toLong(left), Numbers.toLong(right));
        }
        if (Values.isText(left) && Values.isText(right)) {
            return orderText(Values.text(left), Values.text(right));
        }
        if (left instanceof List && right instanceof List) {
            return orderItems(Values.list(left), Values.list(right), operator);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return orderItems(a.items(), b.items(), operator);
        }
        if (left instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.used();
        }
        throw new TemplateException("'" + operator + "' has no meaning between " + Values.typeName(left) + " and "
                + Values.typeName(right));
    }

    /** By code points, which differs from Java's order beyond the basic plane. */
    private static int orderText(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            if (left.charAt(i) != right.charAt(i)) {
                return Integer.compare(left.codePointAt(i), right.codePointAt(i));
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    private int orderItems(List<Object> left, List<Object> right, String operator) {
        int length = Math.min(left.size(), right.size());
        for (int i = 0; i < length; i++) {
            if (!equal(left.get(i), right.get(i))) {
                return order(left.get(i), right.get(i), operator);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    boolean contains(Object container, Object item) {
        if (Values.isText(container)) {
            if (!Values.isText(item)) {
                throw new TemplateException("'in' looks for text in a text, found " + Values.typeName(item));
            }
            budget.search(Values.text(container), Values.text(item));
            return Values.text(container).contains(Values.text(item));
        }
        if (container instanceof Map<?, ?> map) {
            return map.containsKey(Values.key(item));
        }
        Iterator<Object> items = Values.iterate(container);
        while (items.hasNext()) {
            if (equal(items.next(), item)) {
                return true;
            }
        }
        return false;
    }
}
