package dev.lora4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that keep to a schema's grammar are valid by networknt's validator, and valid values are accepted. */
class JsonSchemaTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final long SEED = 20261128;

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    private static List<Error> errors(JsonNode schema, JsonNode value) {
        Schema validator = REGISTRY.getSchema(schema);
        return validator.validate(
                value, context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }

    @Test
    void whateverIsDrawnIsValid() {
        Random random = new Random(SEED);
        List<byte[]> tokens = Vocabularies.pieces(SEED);
        TokenMasks masks = Vocabularies.masks(tokens);
        int complete = 0;
        for (int i = 0; i < 400; i++) {
            JsonNode schema = new RandomSchema(random).next(3).schema();
            DrawnText drawn = DrawnText.draw(Grammar.jsonSchema(schema), tokens, masks, random, 60);
            if (drawn.complete()) {
                complete++;
                assertThat(errors(schema, json(drawn.text())))
                        .as("seed %d, schema %s, text %s", SEED, schema, drawn.text())
                        .isEmpty();
            }
        }
        assertThat(complete).isGreaterThan(320);
    }

    @Test
    void whatIsValidIsAccepted() throws JsonProcessingException {
        Random random = new Random(SEED + 1);
        for (int i = 0; i < 2_000; i++) {
            RandomSchema.Pair pair = new RandomSchema(random).next(3);
            assertThat(errors(pair.schema(), pair.value())).isEmpty();
            Grammar grammar = Grammar.jsonSchema(pair.schema());
            String compact = pair.value().toString();
            String pretty = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(pair.value());
            assertThat(grammar.matches(compact))
                    .as("schema %s, value %s", pair.schema(), compact)
                    .isTrue();
            if (!pair.schema().toString().contains("{\"a\":1")) { // listed objects have one spelling
                assertThat(grammar.matches(pretty))
                        .as("schema %s, value %s", pair.schema(), pretty)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"date", "time", "date-time", "uuid", "ipv4"})
    void drawnFormatsAreValid(String format) {
        JsonNode schema = json("{\"type\": \"string\", \"format\": \"" + format + "\"}");
        Grammar grammar = Grammar.jsonSchema(schema);
        List<byte[]> tokens = Vocabularies.pieces(SEED, "20", "2024", "-02", "-29", ":59", "a@b", ".com");
        TokenMasks masks = Vocabularies.masks(tokens);
        Random random = new Random(SEED);
        for (int i = 0; i < 50; i++) {
            DrawnText drawn = DrawnText.draw(grammar, tokens, masks, random, 60);
            assertThat(drawn.complete()).isTrue();
            assertThat(errors(schema, json(drawn.text())))
                    .as("%s by seed %d", drawn.text(), SEED)
                    .isEmpty();
        }
    }

    @Test
    void addressesAreThoseOfTheMail() {
        // the validator asks for a known top-level domain besides, which JSON Schema does not
        Grammar grammar = Grammar.jsonSchema(json("{\"type\": \"string\", \"format\": \"email\"}"));
        assertThat(grammar.matches("\"jane.doe+tag@mail-1.example.com\"")).isTrue();
        assertThat(grammar.matches("\"jane.doe\"")).isFalse();
        assertThat(grammar.matches("\"jane@doe\"")).isFalse();
        assertThat(grammar.matches("\"jane@-doe.com\"")).isFalse();
    }

    @Test
    void anyObjectIsAcceptedInJsonMode() {
        Grammar grammar = Grammar.jsonObject();
        assertThat(grammar.matches("{}")).isTrue();
        assertThat(grammar.matches(
                        "{\"a\": [1, -0.5e10, {\"b\": null}], \"ü\": \"\\ud83d\\ude00\", \"\\u0061\": true}"))
                .isTrue();
        assertThat(grammar.matches("[]")).isFalse();
        assertThat(grammar.matches("{\"a\": 01}")).isFalse();
        assertThat(grammar.matches("{\"a\": \"\\ud83d\"}")).isFalse();
        assertThat(grammar.matches("{\"a\" 1}")).isFalse();
        assertThat(grammar.matches("{\"a\": 1,}")).isFalse();
        assertThat(grammar.matches("{\"a\": \"\n\"}")).isFalse();
    }

    @Test
    void namesComeInAnyOrderAndOnce() {
        Grammar grammar = Grammar.jsonSchema(json("""
                {"type": "object", "properties": {"a": {"type": "integer"}, "ab": {"type": "boolean"}},
                 "required": ["a"], "additionalProperties": false}"""));
        assertThat(grammar.matches("{\"ab\": true, \"a\": 1}")).isTrue();
        assertThat(grammar.matches("{\"a\": 1, \"ab\": true}")).isTrue();
        assertThat(grammar.matches("{\"ab\": true}")).isFalse();
        assertThat(grammar.matches("{\"a\": 1, \"a\": 2}")).isFalse();
        assertThat(grammar.matches("{\"a\": 1, \"abc\": 2}")).isFalse();
    }

    @Test
    void aNameCannotBeSpelledByEscapesAsAnUnknownOne() {
        Grammar grammar = Grammar.jsonSchema(json("{\"properties\": {\"a\": {\"type\": \"integer\"}}}"));
        assertThat(grammar.matches("{\"\\u0061\": \"text\"}")).isFalse();
        assertThat(grammar.matches("{\"a\": \"text\"}")).isFalse();
        assertThat(grammar.matches("{\"b\": \"text\"}")).isTrue();
    }

    @Test
    void schemasMayReferToThemselves() {
        Grammar grammar = Grammar.jsonSchema(json("""
                {"$defs": {"node": {"type": "object", "properties": {"value": {"type": "integer"},
                  "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}},
                  "required": ["value", "next"], "additionalProperties": false}},
                 "$ref": "#/$defs/node"}"""));
        assertThat(grammar.matches("{\"value\":1,\"next\":{\"value\":2,\"next\":null}}"))
                .isTrue();
        assertThat(grammar.matches("{\"value\":1,\"next\":{\"value\":2}}")).isFalse();
        String deep = "{\"value\":1,\"next\":".repeat(Grammar.MAX_DEPTH) + "null" + "}".repeat(Grammar.MAX_DEPTH);
        assertThat(grammar.matches(deep)).isTrue();
        assertThat(grammar.matches("{\"value\":1,\"next\":" + deep + "}")).isFalse();
    }

    @Test
    void oneOfIsHeldWhereItsSchemasTellApart() {
        Grammar grammar = Grammar.jsonSchema(json("""
                {"oneOf": [{"type": "object", "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
                  "required": ["kind"], "additionalProperties": false},
                 {"type": "object", "properties": {"kind": {"const": "dog"}}, "required": ["kind"],
                  "additionalProperties": false}, {"type": "null"}]}"""));
        assertThat(grammar.matches("{\"lives\": 9, \"kind\": \"cat\"}")).isTrue();
        assertThat(grammar.matches("{\"lives\": 9, \"kind\": \"dog\"}")).isFalse();
        assertThat(grammar.matches("null")).isTrue();
    }
}
