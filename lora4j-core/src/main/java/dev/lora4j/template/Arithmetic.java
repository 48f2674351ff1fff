package dev.lora4j.template;

import java.util.ArrayList;
import java.util.List;

/** The operators + - * / // % ** as in Python, within 64-bit integers. */
final class Arithmetic {
    private final Budget budget;
    private final PythonFormat format;

    Arithmetic(Budget budget) {
        this.budget = budget;
        this.format = new PythonFormat(budget);
    }

    Object apply(String operator, Object left, Object right) {
        if (left instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (operator.equals("%") && Values.isText(left)) {
            return format.apply(left, right);
        }
        if (right instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return number(operator, left, right);
        }
        if (operator.equals("+")) {
            if (Values.isText(left) && Values.isText(right)) {
                return addText(left, right);
            }
            if (left instanceof List && right instanceof List) {
                return joined(Values.list(left), Values.list(right));
            }
            if (left instanceof Tuple a && right instanceof Tuple b) {
                return new Tuple(joined(a.items(), b.items()));
            }
        }
        if (operator.equals("*") && isInteger(right)) {
            return repeat(left, Numbers.toLong(right));
        }
        if (operator.equals("*") && isInteger(left)) {
            return repeat(right, Numbers.toLong(left));
        }
        throw unsupported(operator, left, right);
    }

    private static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean;
    }

    private static TemplateException unsupported(String operator, Object left, Object right) {
        return new TemplateException("'" + operator + "' has no meaning between " + Values.typeName(left) + " and "
                + Values.typeName(right));
    }

    private Object addText(Object left, Object right) {
        budget.text((long) Values.text(left).length() + Values.text(right).length());
        if (left instanceof SafeText || right instanceof SafeText) {
            return new SafeText(SafeText.escaped(left) + SafeText.escaped(right));
        }
        return Values.text(left) + Values.text(right);
    }

    private List<Object> joined(List<Object> left, List<Object> right) {
        budget.items((long) left.size() + right.size());
        List<Object> all = new ArrayList<>(left);
        all.addAll(right);
        return all;
    }

    private Object repeat(Object value, long times) {
        long count = Math.max(0, times);
        if (Values.isText(value)) {
            String text = Values.text(value);
            budget.text(saturated(text.length(), count));
            String repeated = text.isEmpty() ? "" : text.repeat((int) count);
            return value instanceof SafeText ? new SafeText(repeated) : repeated;
        }
        if (!(value instanceof List) && !(value instanceof Tuple)) {
            throw unsupported("*", value, times);
        }
        List<Object> items = Values.items(value);
        budget.items(saturated(items.size(), count));
        List<Object> all = new ArrayList<>();
        for (long i = 0; i < count && !items.isEmpty(); i++) {
            all.addAll(items);
        }
        return value instanceof List ? all : new Tuple(all);
    }

    private static long saturated(long size, long times) {
        return size == 0 || times <= Long.MAX_VALUE / size ? size * times : Long.MAX_VALUE / 2;
    }

    private static Object number(String operator, Object left, Object right) {
        boolean real = left instanceof Double || right instanceof Double;
        if (operator.equals("/")) {
            return divide(Numbers.toDouble(left), Numbers.toDouble(right));
        }
        try {
            return real
                    ? real(operator, Numbers.toDouble(left), Numbers.toDouble(right))
                    : integer(operator, Numbers.toLong(left), Numbers.toLong(right));
        } catch (ArithmeticException e) {
            throw new TemplateException("the result of '" + operator + "' does not fit in 64 bits");
        }
    }

    private static double divide(double left, double right) {
        if (right == 0) {
            throw new TemplateException("division by zero");
        }
        return left / right;
    }

    private static Object integer(String operator, long left, long right) {
        return switch (operator) {
            case "+" -> Math.addExact(left, right);
            case "-" -> Math.subtractExact(left, right);
            case "*" -> Math.multiplyExact(left, right);
            case "**" -> power(left, right);
            default -> {
                divide(0, (double) right);
                yield operator.equals("//") ? Math.floorDiv(left, right) : Math.floorMod(left, right);
            }
        };
    }

    private static Object power(long base, long exponent) {
        if (exponent < 0) {
            divide(0, (double) base);
            return Math.pow((double) base, (double) exponent);
        }
        if (base == 0 || base == 1) {
            return exponent == 0 ? 1L : base;
        }
        if (base == -1) {
            return exponent % 2 == 0 ? 1L : -1L;
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    private static Object real(String operator, double left, double right) {
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "**" -> realPower(left, right);
            case "//" -> {
                divide(0, right);
                double quotient = (left - modulo(left, right)) / right;
                double floor = Math.floor(quotient);
                yield quotient - floor > 0.5 ? floor + 1 : floor;
            }
            default -> {
                divide(0, right);
                yield modulo(left, right);
            }
        };
    }

    private static double realPower(double base, double exponent) {
        double result = Math.pow(base, exponent);
        boolean finite = !Double.isNaN(base) && !Double.isInfinite(base) && !Double.isInfinite(exponent);
        if (finite && (Double.isNaN(result) || Double.isInfinite(result)) && !Double.isNaN(exponent)) {
            throw new TemplateException("the result of '**' is no finite number");
        }
        return result;
    }

    private static double modulo(double left, double right) {
        double rest = left % right;
        if (rest == 0) {
            return Math.copySign(0.0, right);
        }
        return (right < 0) == (rest < 0) ? rest : rest + right;
    }

    Object negate(Object value, boolean negative) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!Numbers.isNumber(value)) {
            throw new TemplateException("a value of type " + Values.typeName(value) + " has no sign");
        }
        if (value instanceof Double number) {
            return negative ? -number : number;
        }
        long number = Numbers.toLong(value);
        if (negative && number == Long.MIN_VALUE) {
            throw new TemplateException("the result of '-' does not fit in 64 bits");
        }
        return negative ? -number : number;
    }
}
