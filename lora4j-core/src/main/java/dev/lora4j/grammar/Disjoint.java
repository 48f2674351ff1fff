package dev.lora4j.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a oneOf is the same as an anyOf: no value may fit two of its schemas.
 *
 * <p>Seen where they are of different types, list different values, or are objects that tell their kind by a required
 * property with listed values.
 */
final class Disjoint {
    private static final int MAX_HOPS = 20;
    /** Most alternatives that are compared, each with each. */
    private static final int MAX_OPTIONS = 100;

    private final SchemaCompiler schemas;

    private Disjoint(SchemaCompiler schemas) {
        this.schemas = schemas;
    }

    static void require(JsonNode options, SchemaCompiler schemas, String path) {
        Disjoint disjoint = new Disjoint(schemas);
        List<JsonNode> all = new ArrayList<>();
        options.forEach(option -> all.add(disjoint.followed(option)));
        if (all.size() > MAX_OPTIONS) {
            throw GrammarException.at(path, "more than " + MAX_OPTIONS + " schemas cannot be compared; use anyOf");
        }
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (!disjoint.are(all.get(j), all.get(i))) {
                    throw GrammarException.at(
                            path,
                            "a value could fit both [" + j + "] and [" + i + "], and exactly one cannot be held; use"
                                    + " anyOf, or a required property with another const in each");
                }
            }
        }
    }

    private JsonNode followed(JsonNode schema) {
        JsonNode each = schema;
        for (int i = 0; i < MAX_HOPS && (each.has("$ref") || each.path("allOf").size() == 1); i++) {
            each = each.has("$ref")
                    ? schemas.resolved(each.get("$ref"), "$ref")
                    : each.get("allOf").get(0);
        }
        return each;
    }

    private boolean are(JsonNode first, JsonNode second) {
        Set<String> types = types(first);
        types.retainAll(types(second));
        if (types.isEmpty()) {
            return true;
        }
        Optional<Set<JsonNode>> some = listed(first);
        Optional<Set<JsonNode>> others = listed(second);
        if (some.isPresent() && others.isPresent()) {
            return Collections.disjoint(some.get(), others.get());
        }
        return types.equals(Set.of("object")) && tellApart(first, second);
    }

    private boolean tellApart(JsonNode first, JsonNode second) {
        Set<String> both = required(first);
        both.retainAll(required(second));
        for (String name : both) {
            Optional<Set<JsonNode>> some =
                    listed(followed(first.path("properties").path(name)));
            Optional<Set<JsonNode>> others =
                    listed(followed(second.path("properties").path(name)));
            if (some.isPresent() && others.isPresent() && Collections.disjoint(some.get(), others.get())) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> required(JsonNode schema) {
        Set<String> names = new HashSet<>();
        schema.path("required").forEach(name -> names.add(name.asText()));
        return names;
    }

    private static Optional<Set<JsonNode>> listed(JsonNode schema) {
        Set<JsonNode> values = new HashSet<>();
        if (schema.has("const")) {
            values.add(schema.get("const"));
        }
        schema.path("enum").forEach(values::add);
        return values.isEmpty() ? Optional.empty() : Optional.of(values);
    }

    /** The types that a value may have; all that are not known. */
    private static Set<String> types(JsonNode schema) {
        Set<String> types = new HashSet<>();
        Optional<Set<JsonNode>> listed = listed(schema);
        if (listed.isPresent()) {
            listed.get().forEach(value -> types.add(type(value)));
        } else if (schema instanceof ObjectNode object && !schema.has("anyOf") && !schema.has("oneOf")) {
            types.addAll(SchemaKeywords.types(object, "oneOf"));
        }
        if (types.remove("integer")) {
            types.add("number");
        }
        return types.isEmpty()
                ? new HashSet<>(Set.of("object", "array", "string", "number", "boolean", "null"))
                : types;
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case NUMBER -> "number";
            case BOOLEAN -> "boolean";
            default -> "null";
        };
    }
}
