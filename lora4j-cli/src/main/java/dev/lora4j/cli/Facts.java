package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A result as a list of named facts, told to people in lines and to machines in JSON. */
final class Facts {
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final ObjectNode json = JsonNodeFactory.instance.objectNode();

    Facts text(String name, String value) {
        lines.put(name, value);
        json.put(key(name), value);
        return this;
    }

    Facts count(String name, long value) {
        lines.put(name, String.format(Locale.ROOT, "%,d", value));
        json.put(key(name), value);
        return this;
    }

    Facts bytes(String name, long value) {
        lines.put(name, Amounts.bytes((double) value));
        json.put(key(name) + "_bytes", value);
        return this;
    }

    Facts number(String name, double value) {
        lines.put(name, Amounts.number(value));
        json.put(key(name), value);
        return this;
    }

    Facts flag(String name, boolean value) {
        lines.put(name, value ? "yes" : "no");
        json.put(key(name), value);
        return this;
    }

    private static String key(String name) {
        return name.replace(' ', '_').replace('-', '_').toLowerCase(Locale.ROOT);
    }

    /** What machines get; more may be put into it. */
    ObjectNode json() {
        return json;
    }

    void print(Console console) {
        int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
        lines.forEach((name, value) ->
                console.line(console.styled(Console.Style.DIM, name + " ".repeat(width - name.length())) + "  "
                        + value));
    }
}
