package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers in JSON, from a model that knows nothing of it: whatever it draws keeps to the schema. */
class StructuredOutputTest {
    private static final String SCHEMA = """
            {"type": "object", "properties": {"city": {"type": "string", "maxLength": 8},
              "kind": {"enum": ["town", "village"]}, "size": {"type": "integer", "minimum": 0, "maximum": 999},
              "tags": {"type": "array", "items": {"type": "boolean"}, "maxItems": 3}},
             "required": ["city", "kind", "size", "tags"], "additionalProperties": false}""";
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.calling(ToolFormat.HERMES);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String body(int maxTokens, String more) {
        return "{\"model\": \"" + BASE
                + "\", \"messages\": [{\"role\": \"user\", \"content\": \"A\"}], \"max_tokens\": " + maxTokens + more
                + "}";
    }

    private static String format(String schema, String more) {
        return ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"place\", \"schema\": "
                + schema + more + "}}";
    }

    private static JsonNode choice(TestServer.Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("choices").path(0);
    }

    static JsonNode json(String text) {
        try {
            return TestServer.JSON.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    static void assertValid(String schema, JsonNode value) {
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(json(schema))
                        .validate(value))
                .as("%s", value)
                .isEmpty();
    }

    @Test
    void whateverTheModelDrawsFitsTheSchema() {
        for (int seed = 0; seed < 12; seed++) {
            String sampling = seed % 3 == 0
                    ? ", \"temperature\": 0"
                    : ", \"temperature\": " + seed % 3 + ", \"top_p\": 0.8, \"logit_bias\": {\"5\": 100}, \"seed\": "
                            + seed;
            JsonNode choice = choice(
                    server.post("/v1/chat/completions", body(400, sampling + format(SCHEMA, ", \"strict\": true"))));
            assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
            assertValid(SCHEMA, json(choice.path("message").path("content").asText()));
        }
    }

    @Test
    void jsonModeGivesAnObjectOrIsCut() {
        String more =
                ", \"n\": 8, \"seed\": 3, \"response_format\": {\"type\": \"json_object\"}, \"logit_bias\": {\"95\": 20}";
        JsonNode choices =
                server.post("/v1/chat/completions", body(200, more)).json().path("choices");
        assertThat(choices).hasSize(8);
        int whole = 0;
        for (JsonNode choice : choices) {
            String text = choice.path("message").path("content").asText();
            assertThat(text).startsWith("{");
            if (choice.path("finish_reason").asText().equals("stop")) {
                assertThat(json(text).isObject()).isTrue();
                whole++;
            }
        }
        assertThat(whole).isPositive();
    }

    @Test
    void anAnswerThatIsCutSaysSo() {
        JsonNode choice = choice(server.post("/v1/chat/completions", body(5, format(SCHEMA, ""))));
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(choice.path("message").path("content").asText())
                .startsWith("{")
                .hasSize(5);
    }

    @Test
    void aStreamSaysTheSame() {
        String more = ", \"seed\": 4" + format(SCHEMA, "");
        String whole = choice(server.post("/v1/chat/completions", body(400, more)))
                .path("message")
                .path("content")
                .asText();
        StringBuilder streamed = new StringBuilder();
        for (String event : server.post("/v1/chat/completions", body(400, more + ", \"stream\": true"))
                .events()) {
            if (!event.equals("[DONE]")) {
                streamed.append(json(event).at("/choices/0/delta/content").asText(""));
            }
        }
        assertThat(streamed).hasToString(whole);
    }

    @Test
    void othersInTheBatchGetWhatTheyGetAlone() {
        String free = body(60, ", \"temperature\": 0");
        String alone = choice(server.post("/v1/chat/completions", free))
                .path("message")
                .path("content")
                .asText();
        List<CompletableFuture<TestServer.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String held = body(100, ", \"seed\": " + i + format(SCHEMA, ""));
            answers.add(CompletableFuture.supplyAsync(() -> server.post("/v1/chat/completions", held)));
            answers.add(CompletableFuture.supplyAsync(() -> server.post("/v1/chat/completions", free)));
        }
        for (int i = 0; i < answers.size(); i++) {
            String text = choice(answers.get(i).join())
                    .path("message")
                    .path("content")
                    .asText();
            if (i % 2 == 1) {
                assertThat(text).isEqualTo(alone);
            } else {
                assertThat(text).startsWith("{");
            }
        }
    }

    @Test
    void aTextThatCannotBeSpelledFailsAlone() {
        String schema = "{\"const\": \"~~\"}"; // no token of the model has it
        CompletableFuture<TestServer.Answer> other = CompletableFuture.supplyAsync(
                () -> server.post("/v1/chat/completions", body(60, ", \"temperature\": 0")));
        TestServer.Answer answer = server.post("/v1/chat/completions", body(10, format(schema, "")));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.error().path("message").asText()).contains("no token of the vocabulary");
        assertThat(other.join().status()).isEqualTo(200);
        assertThat(choice(server.post("/v1/chat/completions", body(3, ", \"temperature\": 0")))
                        .path("finish_reason")
                        .asText())
                .isEqualTo("length");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\": \"object\", \"patternProperties\": {}} | | patternProperties",
                "{\"type\": \"string\", \"pattern\": \"(?=x)\"} | | of the kind",
                "{\"type\": \"object\"} | , \"strict\": true | additionalProperties must be there",
                "{\"type\": \"string\"} | , \"strict\": true | must be of type \"object\"",
                "{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"object\", \"properties\": {\"b\": {}}, \"additionalProperties\": false}}, \"required\": [\"a\"], \"additionalProperties\": false} | , \"strict\": true | \"b\" is missing",
            })
    void schemasThatCannotBeHeldAreRefusedByName(String schema, String more, String words) {
        TestServer.Answer answer =
                server.post("/v1/chat/completions", body(5, format(schema, more == null ? "" : more)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo("response_format.json_schema.schema");
        assertThat(answer.error().path("message").asText()).contains(words);
    }

    @Test
    void aSchemaNeedsAName() {
        ObjectNode format = TestServer.JSON.createObjectNode().put("type", "json_schema");
        format.putObject("json_schema").putObject("schema");
        TestServer.Answer answer = server.post("/v1/chat/completions", body(5, ", \"response_format\": " + format));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo("response_format.json_schema.name");
    }
}
