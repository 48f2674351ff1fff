package dev.lora4j.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of one call.
 *
 * <p>After {@link #bound} the positional values stand for the parameters of a built-in function, in their order.
 */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** Stands for a parameter that got no value. */
    private enum Absent {
        ABSENT
    }

    /** Assigns the values to parameters; refuses what does not fit. */
    Arguments bound(String function, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new TemplateException(
                    function + "() takes at most " + parameters.length + " arguments, got " + positional.size());
        }
        List<Object> values = new ArrayList<>(positional);
        while (values.size() < parameters.length) {
            values.add(Absent.ABSENT);
        }
        for (Map.Entry<String, Object> entry : named.entrySet()) {
            int index = List.of(parameters).indexOf(entry.getKey());
            if (index < 0 || index < positional.size()) {
                throw new TemplateException(function + "() cannot take the argument '" + entry.getKey() + "'");
            }
            values.set(index, entry.getValue());
        }
        return new Arguments(values, Map.of());
    }

    /** Whether the parameter got a value other than none. */
    boolean has(int index) {
        return index < positional.size()
                && positional.get(index) != Absent.ABSENT
                && positional.get(index) != None.NONE;
    }

    Object get(int index, Object fallback) {
        return index < positional.size() && positional.get(index) != Absent.ABSENT ? positional.get(index) : fallback;
    }

    Object required(int index, String function) {
        Object value = get(index, Absent.ABSENT);
        if (value == Absent.ABSENT) {
            throw new TemplateException(function + "() needs at least " + (index + 1) + " arguments");
        }
        return value;
    }

    String text(int index, String function) {
        Object value = required(index, function);
        if (Values.isText(value)) {
            return Values.text(value);
        }
        throw new TemplateException(function + "() expected a text, found " + Values.typeName(value));
    }

    long integer(int index, long fallback, String function) {
        Object value = get(index, fallback);
        if (value instanceof Long || value instanceof Boolean) {
            return Numbers.toLong(value);
        }
        throw new TemplateException(function + "() expected an integer, found " + Values.typeName(value));
    }

    boolean flag(int index, boolean fallback) {
        return Values.truth(get(index, fallback));
    }

    Arguments from(int index) {
        return new Arguments(positional.subList(Math.min(index, positional.size()), positional.size()), named);
    }

    Arguments with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(named);
        more.put(name, value);
        return new Arguments(positional, more);
    }
}
