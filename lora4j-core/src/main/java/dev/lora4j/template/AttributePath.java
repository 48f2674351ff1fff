package dev.lora4j.template;

import java.util.ArrayList;
import java.util.List;

/** An attribute such as {@code function.parameters.0}, as many filters take it. */
final class AttributePath {
    private final List<Object> parts;
    private final Attributes attributes;

    private AttributePath(List<Object> parts, Attributes attributes) {
        this.parts = parts;
        this.attributes = attributes;
    }

    /** The path of that spelling; none is the value itself. */
    static AttributePath of(Object attribute, Attributes attributes) {
        List<Object> parts = new ArrayList<>();
        if (Values.isText(attribute)) {
            for (String part : Values.text(attribute).split("\\.", -1)) {
                boolean number =
                        !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
                parts.add(number ? (Object) Long.valueOf(part) : part);
            }
        } else if (attribute != None.NONE) {
            parts.add(attribute);
        }
        return new AttributePath(parts, attributes);
    }

    Object of(Object value) {
        Object result = value;
        for (Object part : parts) {
            result = attributes.item(result, part);
        }
        return result;
    }

    Object of(Object value, Object fallback) {
        Object result = value;
        for (Object part : parts) {
            result = attributes.item(result, part);
            if (result instanceof Undefined && fallback != None.NONE) {
                result = fallback;
            }
        }
        return result;
    }
}
