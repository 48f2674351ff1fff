package dev.lora4j.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one value that a template may change, through {@code {% set namespace.attribute = value %}}. */
final class Namespace {
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    void set(String name, Object value) {
        if (name.startsWith("_")) {
            throw new TemplateException(
                    "a namespace takes no attribute that starts with an underscore: '" + name + "'");
        }
        attributes.put(name, value);
    }

    Map<String, Object> attributes() {
        return attributes;
    }
}
