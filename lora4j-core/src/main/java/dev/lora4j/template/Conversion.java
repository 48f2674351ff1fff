package dev.lora4j.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies the caller's variables into the interpreter's own values, so that no other object gets in. */
final class Conversion {
    private Conversion() {}

    static Object value(String where, @Nullable Object value) {
        return value(where, value, 0);
    }

    private static Object value(String where, @Nullable Object value, int depth) {
        if (depth > Limits.VARIABLE_DEPTH) {
            throw new TemplateException("the variable " + where + " nests deeper than " + Limits.VARIABLE_DEPTH);
        }
        if (value == null) {
            return None.NONE;
        }
        if (value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            return number(where, number);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            for (Object item : list) {
                copy.add(value(where, item, depth + 1));
            }
            return copy;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                copy.put(
                        Values.key(value(where, entry.getKey(), depth + 1)), value(where, entry.getValue(), depth + 1));
            }
            return copy;
        }
        throw new TemplateException("the variable " + where + " holds a "
                + value.getClass().getName() + ", expected text, numbers, booleans, lists, maps or null");
    }

    private static Object number(String where, Number number) {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return number.longValue();
        }
        if (number instanceof BigInteger big && big.bitLength() > 63) {
            throw new TemplateException("the variable " + where + " holds an integer beyond 64 bits");
        }
        return number instanceof BigInteger big ? (Object) big.longValue() : (Object) number.doubleValue();
    }
}
