package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.chat;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything that is wrong is told in OpenAI's shape, before it reaches the engine. */
class ErrorsTest {
    private static final int BODY_BYTES = 20_000;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                ServerOptions.local(BASE).withLimits(Limits.defaults().withBodyBytes(BODY_BYTES)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void assertError(TestServer.Answer answer, int status, String param, String code) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
        assertThat(answer.header("content-type")).startsWith("application/json");
        assertThat(answer.header("x-request-id")).startsWith("req_");
        assertThat(answer.json()).hasSize(1);
        Iterator<String> names = answer.error().fieldNames();
        assertThat(names).toIterable().containsExactlyInAnyOrder("message", "type", "param", "code");
        assertThat(answer.error().path("message").asText()).isNotBlank();
        assertThat(answer.error().path("type").asText())
                .isEqualTo(status < 500 ? "invalid_request_error" : "server_error");
        assertThat(answer.error().path("param").asText("null")).isEqualTo(param);
        assertThat(answer.error().path("code").asText("null")).isEqualTo(code);
    }

    @Test
    void anUnknownModelIsNotFoundAndNeverTheBase() {
        for (String name : new String[] {"gpt-4o", "Letters", "letters ", "", "../letters", "x".repeat(300)}) {
            assertError(server.post("/v1/completions", completion(name, 1, "")), 404, "model", "model_not_found");
            assertError(server.post("/v1/chat/completions", chat(name, 1, "")), 404, "model", "model_not_found");
        }
        assertError(server.get("/v1/models/gpt-4o"), 404, "model", "model_not_found");
        assertError(server.get("/v1/models/a%2Fb"), 404, "model", "model_not_found");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"temperature\": -1|temperature",
                "\"temperature\": 2.1|temperature",
                "\"temperature\": \"hot\"|temperature",
                "\"temperature\": true|temperature",
                "\"top_p\": 0|top_p",
                "\"top_p\": 2|top_p",
                "\"top_k\": 1.5|top_k",
                "\"min_p\": 1.1|min_p",
                "\"n\": 0|n",
                "\"n\": 1000000000|n",
                "\"n\": 99999999999999999999|n",
                "\"max_tokens\": 0|max_tokens",
                "\"max_tokens\": -1|max_tokens",
                "\"max_tokens\": \"1\"|max_tokens",
                "\"seed\": 1.5|seed",
                "\"stop\": 5|stop",
                "\"stop\": \"\"|stop",
                "\"stop\": [\"a\", \"b\", \"c\", \"d\", \"e\"]|stop",
                "\"stop\": [\"a\", 7]|stop[1]",
                "\"presence_penalty\": 3|presence_penalty",
                "\"frequency_penalty\": -2.5|frequency_penalty",
                "\"logit_bias\": [1]|logit_bias",
                "\"logit_bias\": {\"x\": 1}|logit_bias",
                "\"logit_bias\": {\"-1\": 1}|logit_bias",
                "\"logit_bias\": {\"96\": 1}|logit_bias",
                "\"logit_bias\": {\"5\": 101}|logit_bias.5",
                "\"stream\": \"yes\"|stream",
                "\"stream_options\": {\"include_usage\": true}|stream_options",
                "\"repetition_penalty\": 0|repetition_penalty",
            })
    void aWrongFieldIsNamed(String field, String param) {
        String body = "{\"model\": \"" + BASE + "\", \"prompt\": \"A\", " + field + "}";
        assertError(server.post("/v1/completions", body), 400, param, "null");
        String messages = "{\"model\": \"" + BASE + "\", \"messages\": [{\"role\": \"user\", \"content\": \"A\"}], "
                + field + "}";
        assertError(server.post("/v1/chat/completions", messages), 400, param, "null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"prompt\": \"A\", \"logprobs\": 6|logprobs",
                "\"prompt\": \"A\", \"logprobs\": true|logprobs",
                "\"prompt\": \"A\", \"logprobs\": 1000000|logprobs",
                "\"prompt\": 5|prompt",
                "\"prompt\": []|prompt",
                "\"prompt\": \"\"|prompt",
                "\"prompt\": [\"A\", \"\"]|prompt[1]",
                "\"prompt\": [\"A\", 5]|prompt[1]",
                "\"prompt\": [3, -1]|prompt[1]",
                "\"prompt\": [3, 96]|prompt",
                "\"prompt\": [3, 2.5]|prompt[1]",
                "\"prompt\": \"\\ud800\"|prompt",
                "\"prompt\": [\"A\", \"B\"], \"n\": 40|n",
                "\"messages\": []|prompt",
            })
    void aWrongCompletionIsNamed(String fields, String param) {
        assertError(
                server.post("/v1/completions", "{\"model\": \"" + BASE + "\", " + fields + "}"), 400, param, "null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"messages\": []|messages",
                "\"messages\": \"hi\"|messages",
                "\"messages\": [5]|messages[0]",
                "\"messages\": [{\"content\": \"A\"}]|messages[0].role",
                "\"messages\": [{\"role\": \"user\"}]|messages[0].content",
                "\"messages\": [{\"role\": \"king\", \"content\": \"A\"}]|messages[0].role",
                "\"messages\": [{\"role\": \"user\", \"content\": 5}]|messages[0].content",
                "\"messages\": [{\"role\": \"user\", \"content\": [\"A\"]}]|messages[0].content[0]",
                "\"messages\": [{\"role\": \"user\", \"content\": \"\\udfff\"}]|messages[0].content",
                "\"messages\": [{\"role\": \"user\", \"content\": \"A\"}], \"top_logprobs\": 2|top_logprobs",
                "\"messages\": [{\"role\": \"user\", \"content\": \"A\"}], \"logprobs\": true, \"top_logprobs\": 21|top_logprobs",
                "\"messages\": [{\"role\": \"user\", \"content\": \"A\"}], \"tool_choice\": \"required\"|tool_choice",
                "\"prompt\": \"A\"|messages",
            })
    void aWrongChatIsNamed(String fields, String param) {
        assertError(
                server.post("/v1/chat/completions", "{\"model\": \"" + BASE + "\", " + fields + "}"),
                400,
                param,
                "null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]|tools",
                "\"tools\": [{\"type\": \"custom\"}]|tools[0].type",
                "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"code\": 1}}]|tools[0].function.code",
                "\"functions\": [{}]|functions",
                "\"response_format\": {\"type\": \"grammar\"}|response_format",
                "\"response_format\": {\"type\": \"text\", \"grammar\": 1}|response_format.grammar",
                "\"modalities\": [\"audio\"]|modalities",
                "\"reasoning_effort\": \"high\"|reasoning_effort",
                "\"web_search_options\": {}|web_search_options",
                "\"store\": true|store",
                "\"chat_template\": \"x\"|chat_template",
                "\"ignore_eos\": true|ignore_eos",
                "\"temprature\": 1|temprature",
            })
    void aFieldThatWouldChangeTheAnswerIsRefusedByName(String field, String param) {
        assertError(
                server.post("/v1/chat/completions", chat(BASE, 1, ", " + field)), 400, param, "unsupported_parameter");
    }

    @Test
    void fieldsThatAskForNothingAreTaken() {
        String more =
                ", \"tools\": [], \"tool_choice\": \"none\", \"response_format\": {\"type\": \"text\"}, \"user\": \"u\","
                        + " \"metadata\": {\"a\": \"b\"}, \"store\": false, \"stop\": null, \"seed\": null, \"logit_bias\": null";
        assertThat(server.post("/v1/chat/completions", chat(BASE, 1, more)).status())
                .isEqualTo(200);
    }

    @Test
    void imagesAndToolMessagesAreRefusedWhereTheyStand() {
        assertError(
                server.post(
                        "/v1/chat/completions",
                        "{\"model\": \"" + BASE + "\", \"messages\": [{\"role\": \"user\","
                                + " \"content\": [{\"type\": \"image_url\", \"image_url\": {\"url\": \"http://x\"}}]}]}"),
                400,
                "messages[0].content[0].type",
                "unsupported_parameter");
        assertError(
                server.post(
                        "/v1/chat/completions",
                        "{\"model\": \"" + BASE
                                + "\", \"messages\": [{\"role\": \"tool\", \"content\": \"A\", \"tool_call_id\": \"x\"}]}"),
                400,
                "messages[0].tool_call_id",
                "null");
    }

    @Test
    void whatDoesNotFitTheContextIsRefused() {
        String body = "{\"model\": \"" + BASE + "\", \"prompt\": \"" + "A".repeat(5000) + "\", \"max_tokens\": 1}";
        assertError(server.post("/v1/completions", body), 400, "prompt", "context_length_exceeded");
        assertError(
                server.post("/v1/completions", completion(BASE, 1_000_000_000, "")),
                400,
                "prompt",
                "context_length_exceeded");
        assertError(
                server.post("/v1/chat/completions", chat(BASE, 1_000_000, "")),
                400,
                "messages",
                "context_length_exceeded");
    }

    @Test
    void aBodyThatIsNoJsonObjectIsRefused() {
        for (String body : new String[] {
            "",
            "{",
            "[]",
            "5",
            "null",
            "{\"model\": \"letters\"} x",
            "{\"model\": 1, \"model\": 2}",
            "{'model': 1}",
            "[".repeat(9000),
            "{\"model\": NaN}",
            "{\"n\": " + "9".repeat(5000) + "}"
        }) {
            assertError(server.post("/v1/completions", body), 400, "null", "null");
        }
        byte[] latin1 = "{\"model\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertError(
                server.send(server.request("/v1/completions").POST(BodyPublishers.ofByteArray(latin1))),
                400,
                "null",
                "null");
    }

    /** Up to twice what is allowed is read, so that the answer is not lost to a client that is still sending. */
    @ParameterizedTest
    @ValueSource(ints = {BODY_BYTES + 1, 2 * BODY_BYTES})
    void aBodyThatIsTooLargeIsRefusedWhetherItSaysSoOrNot(int bytes) {
        byte[] large = new byte[bytes];
        assertError(
                server.send(server.request("/v1/completions").POST(BodyPublishers.ofByteArray(large))),
                413,
                "null",
                "request_too_large");
        assertError(
                server.send(server.request("/v1/completions")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))),
                413,
                "null",
                "request_too_large");
    }

    @Test
    void otherTypesAndEncodingsOfBodiesAreRefused() {
        assertError(
                server.send(server.request("/v1/completions")
                        .setHeader("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(completion(BASE, 1, "")))),
                415,
                "null",
                "null");
        assertError(
                server.send(server.request("/v1/completions")
                        .header("Content-Encoding", "gzip")
                        .POST(BodyPublishers.ofString("x"))),
                415,
                "null",
                "null");
    }

    @Test
    void unknownRoutesAndMethodsAreRefused() {
        assertError(server.get("/web"), 404, "null", "not_found");
        assertError(server.get("/v1/files"), 404, "null", "not_found");
        assertError(server.get("/v1/../metrics/x"), 404, "null", "not_found");
        assertError(server.post("/v1/load_lora_adapter", "{}"), 404, "null", "not_found");
        assertError(server.get("/v1/chat/completions"), 405, "null", "method_not_allowed");
        TestServer.Answer answer = server.send(server.request("/v1/models").DELETE());
        assertError(answer, 405, "null", "method_not_allowed");
        assertThat(answer.header("Allow")).isEqualTo("GET");
    }

    @Test
    void headersThatAreTooLargeAreRefusedInTheSameShape() throws IOException {
        try (Socket socket = server.connect()) {
            socket.getOutputStream()
                    .write(("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Big: " + "a".repeat(100_000) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String response = new String(socket.getInputStream().readNBytes(400), StandardCharsets.US_ASCII);
            assertThat(response).startsWith("HTTP/1.1 431").contains("{\"error\":{\"message\":");
        }
    }
}
