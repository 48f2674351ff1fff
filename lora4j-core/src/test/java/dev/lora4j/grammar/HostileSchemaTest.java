package dev.lora4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schemas that cannot be held are refused by name, and those that try to take time or memory are stopped. */
class HostileSchemaTest {
    private static final Duration SOON = Duration.ofSeconds(20); // of a slow machine; each takes less than two
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static void refused(JsonNode schema, String... words) {
        Assertions.assertTimeoutPreemptively(
                SOON,
                () -> assertThatThrownBy(() -> Grammar.jsonSchema(schema))
                        .isInstanceOf(GrammarException.class)
                        .message()
                        .contains(words));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\": \"object\", \"patternProperties\": {}} | patternProperties",
                "{\"type\": \"array\", \"uniqueItems\": true} | uniqueItems",
                "{\"properties\": {\"a\": {\"not\": {}}}} | schema.properties.a: the keyword \"not\"",
                "{\"type\": \"object\", \"minProperties\": 1} | minProperties",
                "{\"$ref\": \"http://example.com/schema\"} | only references within the schema",
                "{\"$ref\": \"#/$defs/none\"} | leads to nothing",
                "{\"$ref\": \"#\"} | refers to itself",
                "{\"anyOf\": [{\"$ref\": \"#\"}, {\"type\": \"null\"}]} | refers to itself",
                "{\"properties\": {\"a\": {\"$ref\": \"#\"}}, \"required\": [\"a\"]} | no text fits",
                "{\"oneOf\": [{\"type\": \"string\"}, {\"const\": \"a\"}]} | could fit both [0] and [1]",
                "{\"allOf\": [{\"type\": \"string\"}, {\"type\": \"string\"}]} | allOf",
                "{\"type\": \"string\", \"pattern\": \"^(a+)+\\\\1$\"} | the escape \\1",
                "{\"type\": \"string\", \"pattern\": \"(?=a)b\"} | of the kind (?",
                "{\"type\": \"string\", \"pattern\": \"a$b\"} | an anchor in the middle",
                "{\"type\": \"string\", \"pattern\": \"a{2000}\"} | a repetition of more than 1000",
                "{\"type\": \"string\", \"pattern\": \"^[]$\"} | no text matches",
                "{\"type\": \"string\", \"pattern\": \"(\"} | not closed",
                "{\"type\": \"string\", \"pattern\": \"a\", \"maxLength\": 3} | only one kind can be held",
                "{\"type\": \"string\", \"format\": \"hostname\"} | \"hostname\" cannot be held, expected one of [date,",
                "{\"type\": \"integer\", \"minimum\": 3, \"maximum\": 2} | no number is within its limits",
                "{\"type\": \"integer\", \"multipleOf\": 10, \"minimum\": 11, \"maximum\": 19} | no number is within",
                "{\"type\": \"number\", \"multipleOf\": 0} | more than 0",
                "{\"type\": \"array\", \"minItems\": 3, \"maxItems\": 2} | minItems is more than maxItems",
                "{\"type\": \"text\"} | expected one of [object",
                "{\"enum\": []} | at least one value",
                "{\"enum\": [\"a\"], \"type\": \"integer\"} | no value of \"enum\"",
                "{\"type\": \"object\", \"required\": [\"a\"], \"additionalProperties\": false} | \"a\" is not among",
                "false | no text fits",
                "17 | expected a schema"
            })
    void whatCannotBeHeldIsRefusedByName(String schema, String words) {
        refused(JsonSchemaTest.json(schema), words);
    }

    @Test
    void deepSchemasAreRefused() {
        JsonNode schema = NODES.objectNode().put("type", "string");
        for (int i = 0; i < 5_000; i++) {
            schema = NODES.objectNode().put("type", "array").set("items", schema);
        }
        refused(schema, "nests more than 100 deep");
    }

    @Test
    void longListsOfValuesAreRefusedAndLargeOnesAreHeld() {
        ObjectNode schema = NODES.objectNode();
        ArrayNode values = schema.putArray("enum");
        for (int i = 0; i < 10_000; i++) {
            values.add("value" + i);
        }
        Grammar grammar = Grammar.jsonSchema(schema);
        assertThat(grammar.matches("\"value9999\"")).isTrue();
        assertThat(grammar.matches("\"value10000\"")).isFalse();
        for (int i = 0; i < 10_000; i++) {
            values.add("value" + (10_000 + i));
        }
        refused(schema, "more than 120000 characters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "^(([a-z]{1,100}){1,100}){1,100}$ | states",
                "[ab]*a[ab]{400} | automat",
                "^(a{1,1000}){1,1000}$ | states"
            })
    void patternsWithLargeAutomataAreRefused(String pattern, String words) {
        refused(NODES.objectNode().put("type", "string").put("pattern", pattern), words);
    }

    @Test
    void manyPatternsTogetherAreRefused() {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (int i = 0; i < 2_000; i++) {
            properties.putObject("p" + i).put("type", "string").put("pattern", "(a|b)*a(a|b){8}" + i);
        }
        refused(schema, "too large automata");
    }

    @Test
    void manyWaysAtOnceEndTheTextAndNotTheProcess() {
        ObjectNode schema = NODES.objectNode();
        ArrayNode options = schema.putArray("anyOf");
        for (int i = 0; i < 500; i++) {
            options.addObject().put("type", "string").put("pattern", "^.*" + i + "$");
        }
        List<byte[]> tokens = Vocabularies.pieces(1);
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            byte[] token = new byte[6];
            for (int j = 0; j < token.length; j++) {
                token[j] = (byte) ('a' + random.nextInt(26));
            }
            tokens.add(token);
        }
        TokenMasks masks = Vocabularies.masks(tokens);
        Grammar grammar = Grammar.jsonSchema(schema);
        Assertions.assertTimeoutPreemptively(SOON, () -> {
            GrammarCursor cursor = GrammarCursor.of(grammar, masks);
            cursor.accept('"');
            assertThatThrownBy(cursor::allowed)
                    .isInstanceOf(GrammarException.class)
                    .hasMessageContaining("simplify the schema");
        });
    }
}
