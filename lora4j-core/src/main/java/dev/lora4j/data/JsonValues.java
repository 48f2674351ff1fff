package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as the plain Java values that a chat template takes, and in words. */
final class JsonValues {
    private JsonValues() {}

    static Map<String, @Nullable Object> map(ObjectNode object, RowOrigin origin) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        object.properties().forEach(field -> map.put(field.getKey(), value(field.getKey(), field.getValue(), origin)));
        return map;
    }

    private static @Nullable Object value(String name, JsonNode node, RowOrigin origin) {
        if (node instanceof ObjectNode object) {
            return map(object, origin);
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            node.forEach(element -> list.add(value(name, element, origin)));
            return list;
        }
        if (node.isTextual()) {
            return RowText.wellFormed(name, node.textValue(), origin);
        }
        if (node.isNumber()) {
            return node.numberValue();
        }
        return node.isBoolean() ? node.booleanValue() : null;
    }

    /** What a value is, for messages. */
    static String words(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "an object";
            case BOOLEAN -> "true or false";
            case NUMBER -> "a number";
            case STRING, BINARY -> "text";
            case NULL, MISSING -> "nothing";
        };
    }
}
