package dev.lora4j.template;

import java.util.List;

/**
 * Python's tuple: a list that prints with parentheses.
 *
 * @param fields names for the first items, for groupby's grouper and list; mostly none
 */
record Tuple(List<Object> items, List<String> fields) {
    Tuple(List<Object> items) {
        this(items, List.of());
    }

    static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }
}
