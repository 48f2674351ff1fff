package dev.lora4j.server;

import static dev.lora4j.server.StructuredOutputTest.assertValid;
import static dev.lora4j.server.StructuredOutputTest.json;
import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of functions by a model that knows nothing of them: what must be a call is one. */
class ToolsApiTest {
    private static final String WEATHER = """
            {"type": "object", "properties": {"city": {"type": "string", "maxLength": 6},
              "unit": {"enum": ["c", "f"]}}, "required": ["city"], "additionalProperties": false}""";
    private static final String ADD = """
            {"type": "object", "properties": {"a": {"type": "integer", "minimum": 0, "maximum": 99},
              "b": {"type": "integer", "minimum": 0, "maximum": 99}}, "required": ["a", "b"],
             "additionalProperties": false}""";
    private static final String TOOLS =
            ", \"tools\": [" + tool("get_weather", WEATHER, "") + ", " + tool("add", ADD, "") + "]";
    private static final Map<ToolFormat, TestServer> SERVERS = new EnumMap<>(ToolFormat.class);

    @BeforeAll
    static void start() {
        for (ToolFormat format : ToolFormat.values()) {
            SERVERS.put(format, TestServer.calling(format));
        }
    }

    @AfterAll
    static void stop() {
        SERVERS.values().forEach(TestServer::close);
    }

    private static TestServer server(ToolFormat format) {
        return Objects.requireNonNull(SERVERS.get(format));
    }

    private static String tool(String name, String schema, String more) {
        return "{\"type\": \"function\", \"function\": {\"name\": \"" + name
                + "\", \"description\": \"d\", \"parameters\": " + schema + more + "}}";
    }

    private static String body(int maxTokens, String more) {
        return "{\"model\": \"" + BASE
                + "\", \"messages\": [{\"role\": \"user\", \"content\": \"A\"}], \"max_tokens\": " + maxTokens + more
                + "}";
    }

    private static JsonNode choice(ToolFormat format, String body) {
        TestServer.Answer answer = server(format).post("/v1/chat/completions", body);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().path("choices").path(0);
    }

    private static void assertCalls(JsonNode calls) {
        assertThat(calls).isNotEmpty();
        for (JsonNode call : calls) {
            assertThat(call.path("type").asText()).isEqualTo("function");
            String name = call.path("function").path("name").asText();
            assertThat(name).isIn("get_weather", "add");
            assertValid(
                    name.equals("add") ? ADD : WEATHER,
                    json(call.path("function").path("arguments").asText()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void requiredGivesAValidCallWhateverTheModelDraws(ToolFormat format) {
        for (int seed = 0; seed < 8; seed++) {
            String more = ", \"tool_choice\": \"required\", \"parallel_tool_calls\": false, \"seed\": " + seed;
            JsonNode choice = choice(format, body(300, TOOLS + more));
            assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
            assertThat(choice.path("message").get("content").isNull()).isTrue();
            assertThat(choice.path("message").path("tool_calls")).hasSize(1);
            assertCalls(choice.path("message").path("tool_calls"));
        }
    }

    @Test
    void severalCallsMayCome() {
        // a high bias of the line end or of the comma makes the model go on
        int most = 0;
        for (int seed = 0; seed < 10; seed++) {
            String more = ", \"tool_choice\": \"required\", \"logit_bias\": {\"3\": 10}, \"seed\": " + seed;
            JsonNode choice = choice(ToolFormat.HERMES, body(700, TOOLS + more));
            JsonNode calls = choice.path("message").path("tool_calls");
            most = Math.max(most, calls.size());
            if (choice.path("finish_reason").asText().equals("tool_calls")) {
                assertCalls(calls);
            }
        }
        assertThat(most).isGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource
    void aNamedFunctionIsTheOneThatIsCalled(ToolFormat format) {
        String more = ", \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"add\"}}, \"seed\": 1";
        JsonNode calls = choice(format, body(300, TOOLS + more)).path("message").path("tool_calls");
        assertThat(calls).hasSize(1);
        assertThat(calls.at("/0/function/name").asText()).isEqualTo("add");
        assertCalls(calls);
        int length = format == ToolFormat.MISTRAL ? 9 : 37;
        assertThat(calls.at("/0/id").asText()).hasSize(length);
    }

    @ParameterizedTest
    @EnumSource
    void aStreamSaysTheSameInPieces(ToolFormat format) {
        String more = ", \"tool_choice\": \"required\", \"parallel_tool_calls\": false, \"seed\": 2";
        JsonNode whole = choice(format, body(300, TOOLS + more))
                .path("message")
                .path("tool_calls")
                .path(0);
        StringBuilder arguments = new StringBuilder();
        String name = "";
        String reason = "";
        int pieces = 0;
        for (String event : server(format)
                .post("/v1/chat/completions", body(300, TOOLS + more + ", \"stream\": true"))
                .events()) {
            if (event.equals("[DONE]")) {
                continue;
            }
            JsonNode choice = json(event).path("choices").path(0);
            for (JsonNode call : choice.path("delta").path("tool_calls")) {
                pieces++;
                assertThat(call.path("index").asInt(-1)).isZero();
                assertThat(call.has("id")).isEqualTo(pieces == 1);
                assertThat(call.path("function").has("name")).isEqualTo(pieces == 1);
                name += call.path("function").path("name").asText();
                arguments.append(call.path("function").path("arguments").asText());
            }
            assertThat(choice.path("delta").path("content").asText("")).isEmpty();
            reason = choice.path("finish_reason").asText("");
        }
        assertThat(name).isEqualTo(whole.path("function").path("name").asText());
        assertThat(arguments)
                .hasToString(whole.path("function").path("arguments").asText());
        assertThat(pieces).isGreaterThan(5);
        assertThat(reason).isEqualTo("tool_calls");
    }

    @Test
    void autoLeavesAModelFreeAndNoneShowsNoTools() {
        String free =
                choice(ToolFormat.HERMES, body(20, ", \"temperature\": 0")).toString();
        assertThat(choice(ToolFormat.HERMES, body(20, TOOLS + ", \"temperature\": 0, \"tool_choice\": \"none\""))
                        .toString())
                .isEqualTo(free);
        JsonNode auto = choice(ToolFormat.HERMES, body(20, TOOLS + ", \"temperature\": 0"));
        assertThat(auto.path("finish_reason").asText()).isEqualTo("length");
        assertThat(auto.path("message").has("tool_calls")).isFalse();
        assertThat(auto.path("message").path("content").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void argumentsOfStrictFunctionsFitEvenIfNobodyAskedForACall(ToolFormat format) {
        // every token that the opening of a call needs is made likely, so that the model stumbles into calls
        String opening = switch (format) {
            case HERMES -> "<tool_call>";
            case MISTRAL -> "";
            case LLAMA -> "{";
        };
        Map<Integer, Integer> bias = new TreeMap<>();
        TestServer server = server(format);
        for (int token : server.model.tokenizer().encode(opening)) {
            bias.put(token, 4);
        }
        if (format == ToolFormat.MISTRAL) {
            bias.put(0, 4);
        }
        StringBuilder shifts = new StringBuilder();
        bias.forEach((token, shift) -> shifts.append(shifts.isEmpty() ? "" : ", ")
                .append('"')
                .append(token)
                .append("\": ")
                .append(shift));
        String tools = ", \"tools\": [" + tool("add", ADD, ", \"strict\": true") + "]";
        for (int seed = 0; seed < 6; seed++) {
            String more = ", \"logit_bias\": {" + shifts + "}, \"seed\": " + seed;
            JsonNode choice = choice(format, body(150, tools + more));
            for (JsonNode call : choice.path("message").path("tool_calls")) {
                String arguments = call.path("function").path("arguments").asText();
                if (choice.path("finish_reason").asText().equals("tool_calls")) {
                    assertValid(ADD, json(arguments));
                }
            }
        }
    }

    @Test
    void anAnswerInJsonOrACall() {
        String more = TOOLS + ", \"seed\": 5, \"response_format\": {\"type\": \"json_schema\", \"json_schema\":"
                + " {\"name\": \"x\", \"schema\": " + ADD + "}}";
        JsonNode choice = choice(ToolFormat.LLAMA, body(300, more));
        JsonNode calls = choice.path("message").path("tool_calls");
        if (calls.isEmpty()) {
            assertValid(ADD, json(choice.path("message").path("content").asText()));
        } else {
            assertCalls(calls);
        }
    }

    @Test
    void callsAndTheirResultsGoBackToTheModel() {
        String history =
                "[{\"role\": \"user\", \"content\": \"A\"}, {\"role\": \"assistant\", \"content\": null, \"tool_calls\":"
                        + " [{\"id\": \"call_1\", \"type\": \"function\", \"function\": {\"name\": \"add\", \"arguments\":"
                        + " \"{\\\"a\\\": 1, \\\"b\\\": 2}\"}}]}, {\"role\": \"tool\", \"tool_call_id\": \"call_1\", \"content\": \"3\"}]";
        TestServer server = server(ToolFormat.HERMES);
        JsonNode usage = server.post(
                        "/v1/chat/completions",
                        "{\"model\": \"" + BASE + "\", \"messages\": " + history + ", \"max_tokens\": 1}")
                .json()
                .path("usage");
        String prompt = """
                user: A
                assistant: <tool_call>
                {"name": "add", "arguments": {"a": 1, "b": 2}}
                </tool_call>
                tool: 3
                """;
        assertThat(usage.path("prompt_tokens").asInt()).isEqualTo(prompt.length());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"none\"}}|tool_choice",
                "\"tool_choice\": \"always\"|tool_choice",
                "\"parallel_tool_calls\": 1|parallel_tool_calls",
            })
    void whatIsWrongIsNamed(String field, String param) {
        TestServer.Answer answer =
                server(ToolFormat.HERMES).post("/v1/chat/completions", body(1, TOOLS + ", " + field));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo(param);
    }

    @Test
    void parametersThatCannotBeHeldAreRefusedWhereTheyMustBeHeld() {
        String tools = ", \"tools\": [" + tool("f", "{\"type\": \"object\", \"minProperties\": 1}", "") + "]";
        TestServer server = server(ToolFormat.HERMES);
        TestServer.Answer answer =
                server.post("/v1/chat/completions", body(1, tools + ", \"tool_choice\": \"required\""));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).isEqualTo("tools[0].function.parameters");
        assertThat(answer.error().path("message").asText()).contains("minProperties");
        assertThat(server.post("/v1/chat/completions", body(1, tools)).status()).isEqualTo(200);
    }

    @Test
    void aModelWhoseTemplateShowsNoToolsSaysSo() {
        try (TestServer plain = TestServer.start()) {
            TestServer.Answer answer = plain.post("/v1/chat/completions", body(1, TOOLS));
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.error().path("param").asText()).isEqualTo("tools");
            assertThat(answer.error().path("message").asText()).contains("chat template of the model " + BASE);
        }
    }
}
