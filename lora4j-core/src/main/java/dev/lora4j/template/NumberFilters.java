package dev.lora4j.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Filters that make numbers. */
final class NumberFilters {
    private static final int PRECISION = 400;

    private final Arithmetic arithmetic;

    NumberFilters(Budget budget) {
        this.arithmetic = new Arithmetic(budget);
    }

    void register(Map<String, Filters.Body> filters) {
        filters.put("int", NumberFilters::integer);
        filters.put("float", NumberFilters::real);
        filters.put(
                "abs",
                (input, arguments) -> arithmetic.negate(input, Numbers.isNumber(input) && Numbers.toDouble(input) < 0));
        filters.put("round", NumberFilters::round);
    }

    private static Object integer(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("int", "default", "base");
        Object fallback = bound.get(0, 0L);
        if (input instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (input instanceof Long || input instanceof Boolean) {
            return Numbers.toLong(input);
        }
        if (input instanceof Double number) {
            return truncated(number, fallback);
        }
        if (!Values.isText(input)) {
            return fallback;
        }
        String text = Values.text(input);
        try {
            return Numbers.parseLong(text, (int) Math.max(2, Math.min(36, bound.integer(1, 10, "int"))));
        } catch (NumberFormatException e) {
            try {
                return truncated(Numbers.parseDouble(text), fallback);
            } catch (NumberFormatException notReal) {
                return fallback;
            }
        }
    }

    private static Object truncated(double number, Object fallback) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return fallback;
        }
        if (Math.abs(number) >= 0x1p63) {
            throw new TemplateException("the integer of " + number + " does not fit in 64 bits");
        }
        return (long) number;
    }

    private static Object real(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("float", "default");
        if (input instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (Numbers.isNumber(input)) {
            return Numbers.toDouble(input);
        }
        if (Values.isText(input)) {
            try {
                return Numbers.parseDouble(Values.text(input));
            } catch (NumberFormatException e) {
                return bound.get(0, 0.0);
            }
        }
        return bound.get(0, 0.0);
    }

    private static Object round(Object input, Arguments arguments) {
        Arguments bound = arguments.bound("round", "precision", "method");
        if (!Numbers.isNumber(input)) {
            throw new TemplateException("round expected a number, found " + Values.typeName(input));
        }
        int precision = (int) Math.max(-PRECISION, Math.min(PRECISION, bound.integer(0, 0, "round")));
        String method = bound.has(1) ? bound.text(1, "round") : "common";
        double number = Numbers.toDouble(input);
        if (method.equals("ceil") || method.equals("floor")) {
            double power = Math.pow(10, precision);
            return (method.equals("ceil") ? Math.ceil(number * power) : Math.floor(number * power)) / power;
        }
        if (!method.equals("common")) {
            throw new TemplateException("round knows the methods common, ceil and floor, found " + method);
        }
        if (input instanceof Double) {
            boolean finite = !Double.isNaN(number) && !Double.isInfinite(number);
            return finite
                    ? new BigDecimal(number)
                                    .setScale(precision, RoundingMode.HALF_EVEN)
                                    .doubleValue()
                            * 1.0
                    : number;
        }
        long whole = Numbers.toLong(input);
        return precision >= 0
                ? (Object) whole
                : (Object) BigDecimal.valueOf(whole)
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .longValue();
    }
}
