package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What OpenAI asks of a schema with strict: an object at the root, and objects of exactly the members that they name. */
final class StrictSchema {
    private StrictSchema() {}

    static void check(JsonNode schema, String path) {
        if (!schema.path("type").asText().equals("object")) {
            throw ApiError.invalid(
                    path, "Invalid schema in " + path + ": with strict the schema must be of type \"object\"");
        }
        each(schema, path, path);
    }

    private static void each(JsonNode schema, String root, String path) {
        if (schema.has("properties") || schema.path("type").asText().equals("object")) {
            object(schema, root, path);
        }
        for (String keyword : new String[] {"properties", "$defs", "definitions"}) {
            for (Map.Entry<String, JsonNode> inner : schema.path(keyword).properties()) {
                each(inner.getValue(), root, path + "." + keyword + "." + inner.getKey());
            }
        }
        for (String keyword : new String[] {"anyOf", "oneOf", "allOf"}) {
            schema.path(keyword).forEach(inner -> each(inner, root, path + "." + keyword));
        }
        if (schema.path("items") instanceof ObjectNode items) {
            each(items, root, path + ".items");
        }
    }

    private static void object(JsonNode schema, String root, String path) {
        JsonNode additional = schema.path("additionalProperties");
        if (!additional.isBoolean() || additional.booleanValue()) {
            throw ApiError.invalid(
                    root,
                    "Invalid schema in " + root + ": with strict, additionalProperties must be there and be false, at "
                            + path);
        }
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        schema.path("properties").fieldNames().forEachRemaining(name -> {
            if (!required.contains(name)) {
                throw ApiError.invalid(
                        root,
                        "Invalid schema in " + root + ": with strict, required must name every property; \"" + name
                                + "\" is missing, at " + path);
            }
        });
    }
}
