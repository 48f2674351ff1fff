package dev.lora4j.grammar;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a grammar of a JSON Schema (2020-12 and the older drafts, where they say the same).
 *
 * <p>Every keyword is held or refused by its name. Confined to one thread, for one schema.
 */
final class SchemaCompiler {
    /** Deepest nesting of a schema. */
    static final int MAX_NESTING = 100;
    /** Most alternatives of an anyOf or oneOf. */
    static final int MAX_ALTERNATIVES = 500;

    private final JsonNode root;
    private final ValueRules values = new ValueRules(this);
    private final Map<String, Rule> references = new HashMap<>();
    private int nesting;

    private SchemaCompiler(JsonNode root) {
        this.root = root;
    }

    static Rule compile(JsonNode schema) {
        return new SchemaCompiler(schema).referenced("#", schema);
    }

    /** The rule of a schema that may be referred to from within itself. */
    private Rule referenced(String reference, JsonNode schema) {
        Rule known = references.get(reference);
        if (known != null) {
            return known;
        }
        Rule rule = new Rule();
        references.put(reference, rule);
        rule.define(new Shape.Choice(List.of(rule(schema, reference.equals("#") ? "schema" : reference))));
        return rule;
    }

    Rule rule(JsonNode schema, String path) {
        if (schema.isBoolean()) {
            return schema.booleanValue() ? JsonText.ANY : Rule.of(new Shape.Choice(List.of()));
        }
        if (!(schema instanceof ObjectNode object)) {
            throw GrammarException.at(path, "expected a schema, which is an object, true or false");
        }
        if (++nesting > MAX_NESTING) {
            throw GrammarException.at(path, "the schema nests more than " + MAX_NESTING + " deep");
        }
        SchemaKeywords.check(object, path);
        Rule rule = ofObject(object, path);
        nesting--;
        return rule;
    }

    private Rule ofObject(ObjectNode schema, String path) {
        if (schema.has("$ref")) {
            SchemaKeywords.alone(schema, path, "$ref");
            return reference(schema.get("$ref"), path + ".$ref");
        }
        if (schema.has("allOf")) {
            SchemaKeywords.alone(schema, path, "allOf");
            if (!schema.get("allOf").isArray() || schema.get("allOf").size() != 1) {
                throw GrammarException.at(
                        path + ".allOf", "only a list of one schema can be held; put all into one schema");
            }
            return rule(schema.get("allOf").get(0), path + ".allOf[0]");
        }
        for (String either : List.of("anyOf", "oneOf")) {
            if (schema.has(either)) {
                SchemaKeywords.alone(schema, path, either);
                return either(schema.get(either), either, path + "." + either);
            }
        }
        if (schema.has("enum") || schema.has("const")) {
            return values.listed(schema, path);
        }
        return ofTypes(schema, path);
    }

    private Rule ofTypes(ObjectNode schema, String path) {
        Set<String> types = SchemaKeywords.types(schema, path);
        if (types.isEmpty()) {
            return JsonText.ANY;
        }
        List<Rule> rules = new ArrayList<>();
        for (String type : types) {
            rules.add(
                    switch (type) {
                        case "object" -> values.object(schema, path);
                        case "array" -> values.array(schema, path);
                        case "string" -> values.string(schema, path);
                        case "integer" -> values.number(schema, path, true);
                        case "number" -> values.number(schema, path, false);
                        case "boolean" -> JsonText.BOOLEAN;
                        default -> JsonText.NULL;
                    });
        }
        return rules.size() == 1 ? rules.get(0) : Rule.of(new Shape.Choice(rules));
    }

    private Rule either(JsonNode options, String keyword, String path) {
        if (!options.isArray() || options.isEmpty() || options.size() > MAX_ALTERNATIVES) {
            throw GrammarException.at(path, "expected a list of 1 to " + MAX_ALTERNATIVES + " schemas");
        }
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < options.size(); i++) {
            rules.add(rule(options.get(i), path + "[" + i + "]"));
        }
        if (keyword.equals("oneOf")) {
            Disjoint.require(options, this, path);
        }
        return Rule.of(new Shape.Choice(rules));
    }

    private Rule reference(JsonNode reference, String path) {
        return referenced(reference.asText(), resolved(reference, path));
    }

    /** What a reference leads to. */
    JsonNode resolved(JsonNode reference, String path) {
        String text = reference.asText();
        if (!reference.isTextual() || !(text.equals("#") || text.startsWith("#/"))) {
            throw GrammarException.at(
                    path,
                    "found " + reference + ", expected \"#\" or \"#/…\": only references within the schema are"
                            + " followed");
        }
        JsonNode target;
        try {
            target = root.at(JsonPointer.compile(
                    URLDecoder.decode(text.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw GrammarException.at(path, "\"" + text + "\" is no JSON pointer");
        }
        if (target.isMissingNode()) {
            throw GrammarException.at(path, "\"" + text + "\" leads to nothing in the schema");
        }
        return target;
    }
}
