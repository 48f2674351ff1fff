package dev.lora4j.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The keywords of JSON Schema, and which of them are held. */
final class SchemaKeywords {
    /** They say nothing about what is valid. */
    private static final Set<String> NOTES = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$schema",
            "$id",
            "$comment",
            "$defs",
            "definitions");

    private static final Map<String, Set<String>> OF_TYPE = Map.of(
            "object", Set.of("properties", "required", "additionalProperties"),
            "array", Set.of("items", "minItems", "maxItems"),
            "string", Set.of("pattern", "format", "minLength", "maxLength"),
            "number", Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"));

    private static final Set<String> OF_ANY = Set.of("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref");

    private static final List<String> TYPES =
            List.of("object", "array", "string", "number", "integer", "boolean", "null");

    private SchemaKeywords() {}

    /** Refuses keywords that are not held here, by name. */
    static void check(ObjectNode schema, String path) {
        schema.fieldNames().forEachRemaining(name -> {
            boolean held = NOTES.contains(name)
                    || OF_ANY.contains(name)
                    || OF_TYPE.values().stream().anyMatch(own -> own.contains(name));
            if (!held) {
                throw GrammarException.at(
                        path, "the keyword \"" + shown(name) + "\" cannot be held; leave it out of the schema");
            }
        });
    }

    private static String shown(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "…" : name;
    }

    /** The keywords that say something about what is valid. */
    static Set<String> assertions(ObjectNode schema) {
        Set<String> names = new TreeSet<>();
        schema.fieldNames().forEachRemaining(names::add);
        names.removeAll(NOTES);
        return names;
    }

    /** Refuses other keywords beside one that says all. */
    static void alone(ObjectNode schema, String path, String keyword, String... allowed) {
        Set<String> others = assertions(schema);
        others.remove(keyword);
        others.removeAll(Set.of(allowed));
        if (!others.isEmpty()) {
            throw GrammarException.at(
                    path,
                    "\"" + others.iterator().next() + "\" stands beside \"" + keyword + "\"; both together cannot be"
                            + " held, put all into one of them");
        }
    }

    /** The types of a schema: those it names, or those that its keywords are about; all if it says nothing. */
    static Set<String> types(ObjectNode schema, String path) {
        Set<String> types = new LinkedHashSet<>();
        JsonNode type = schema.path("type");
        List<JsonNode> named = new ArrayList<>();
        if (type.isArray()) {
            type.forEach(named::add);
        } else if (!type.isMissingNode()) {
            named.add(type);
        }
        for (JsonNode each : named) {
            if (!each.isTextual() || !TYPES.contains(each.textValue())) {
                throw GrammarException.at(path + ".type", "found " + each + ", expected one of " + TYPES);
            }
            types.add(each.textValue());
        }
        if (!type.isMissingNode() && types.isEmpty()) {
            throw GrammarException.at(path + ".type", "it is empty, expected one of " + TYPES);
        }
        if (types.isEmpty()) {
            OF_TYPE.forEach((name, keywords) -> {
                if (keywords.stream().anyMatch(schema::has)) {
                    types.add(name);
                }
            });
        }
        if (types.contains("number")) {
            types.remove("integer");
        }
        return types;
    }
}
