package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.chat;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies of requests and answers, byte for byte where it matters. Greedy tokens are transformers'. */
class InferenceApiTest {
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonNode ok(TestServer.Answer answer) {
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void aCompletionContinuesThePrompt() {
        JsonNode body = ok(server.post("/v1/completions", completion(BASE, 12, "")));
        assertThat(body.path("object").asText()).isEqualTo("text_completion");
        assertThat(body.path("id").asText()).startsWith("cmpl-");
        assertThat(body.path("model").asText()).isEqualTo(BASE);
        assertThat(body.path("created").asLong()).isBetween(1_700_000_000L, 10_000_000_000L);
        assertThat(body.path("choices")).hasSize(1);
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("text").asText()).isEqualTo(LetterModel.ANSWER);
        assertThat(choice.path("index").asInt()).isZero();
        assertThat(choice.get("logprobs").isNull()).isTrue();
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(body.path("usage"))
                .hasToString("{\"prompt_tokens\":7,\"completion_tokens\":12,\"total_tokens\":19,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":0}}");
    }

    @Test
    void aChatIsAnsweredByTheAssistant() {
        JsonNode body = ok(server.post("/v1/chat/completions", chat(BASE, 12, "")));
        assertThat(body.path("object").asText()).isEqualTo("chat.completion");
        JsonNode choice = body.path("choices").path(0);
        assertThat(choice.path("message").path("role").asText()).isEqualTo("assistant");
        assertThat(choice.path("message").path("content").asText()).isEqualTo(LetterModel.ANSWER);
        assertThat(choice.path("message").get("refusal").isNull()).isTrue();
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        assertThat(body.path("usage").path("total_tokens").asInt()).isEqualTo(19);
    }

    @Test
    void textPartsAndDevelopersAreRead() {
        String messages = "\"messages\": [{\"role\": \"developer\", \"content\": \">)U\"},"
                + " {\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"8S\"},"
                + " {\"type\": \"text\", \"text\": \"-L\"}]}]";
        JsonNode body = ok(server.post(
                "/v1/chat/completions",
                "{\"model\": \"" + BASE + "\", \"temperature\": 0, \"max_completion_tokens\": 12, " + messages + "}"));
        assertThat(body.path("choices").path(0).path("message").path("content").asText())
                .isEqualTo(LetterModel.ANSWER);
    }

    @Test
    void aStopStringEndsItAndIsNotShown() {
        JsonNode body = ok(server.post("/v1/completions", completion(BASE, 12, ", \"stop\": [\"xCy\", \"Ck`\"]")));
        assertThat(body.path("choices").path(0).path("text").asText()).isEqualTo("/é`x");
        assertThat(body.path("choices").path(0).path("finish_reason").asText()).isEqualTo("stop");
        assertThat(body.path("usage").path("completion_tokens").asInt()).isEqualTo(9);
    }

    @Test
    void aStopTokenEndsItToo() {
        JsonNode body = ok(server.post("/v1/completions", completion(BASE, 12, ", \"stop_token_ids\": [90]")));
        assertThat(body.path("choices").path(0).path("text").asText()).isEqualTo("/é`");
        assertThat(body.path("choices").path(0).path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void tokenIdsAreAPromptAsWell() {
        JsonNode body = ok(server.post(
                "/v1/completions",
                "{\"model\": \"" + BASE
                        + "\", \"prompt\": [[32, 11, 55, 26, 53, 15, 46], [32, 11, 55, 26, 53, 15, 46]],"
                        + " \"temperature\": 0, \"max_tokens\": 3, \"n\": 2}"));
        assertThat(body.path("choices")).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(body.path("choices").path(i).path("index").asInt()).isEqualTo(i);
            assertThat(body.path("choices").path(i).path("text").asText()).isEqualTo("/é");
        }
        assertThat(body.path("usage").path("prompt_tokens").asInt()).isEqualTo(14);
        assertThat(body.path("usage").path("completion_tokens").asInt()).isEqualTo(12);
    }

    @Test
    void theSameSeedGivesTheSameChoicesAndTheChoicesDiffer() {
        String body = "{\"model\": \"" + BASE + "\", \"prompt\": \"ABC\", \"max_tokens\": 20, \"n\": 3, \"seed\": 5}";
        JsonNode first = ok(server.post("/v1/completions", body)).path("choices");
        JsonNode second = ok(server.post("/v1/completions", body)).path("choices");
        assertThat(second).isEqualTo(first);
        assertThat(List.of(text(first, 0), text(first, 1), text(first, 2))).doesNotHaveDuplicates();
    }

    private static String text(JsonNode choices, int index) {
        return choices.path(index).path("text").asText();
    }

    @Test
    void aBiasForbidsATokenAndAPenaltyItsReturn() {
        JsonNode biased = ok(server.post("/v1/completions", completion(BASE, 1, ", \"logit_bias\": {\"17\": -100}")));
        assertThat(text(biased.path("choices"), 0)).isNotEqualTo("/");
        JsonNode forced = ok(server.post("/v1/completions", completion(BASE, 2, ", \"logit_bias\": {\"40\": 100}")));
        assertThat(text(forced.path("choices"), 0)).isEqualTo("FF");
        JsonNode penalised = ok(server.post(
                "/v1/completions",
                completion(BASE, 2, ", \"logit_bias\": {\"40\": 100, \"41\": 99.5}, \"presence_penalty\": 2")));
        assertThat(text(penalised.path("choices"), 0)).isEqualTo("FG"); // 100 − 2 is less than 99.5
    }

    @Test
    void chatLogprobsAreOfEachTokenWithItsBytes() throws IOException {
        JsonNode body =
                ok(server.post("/v1/chat/completions", chat(BASE, 3, ", \"logprobs\": true, \"top_logprobs\": 2")));
        JsonNode content = body.path("choices").path(0).path("logprobs").path("content");
        assertThat(content).hasSize(3);
        JsonNode first = content.path(0);
        assertThat(first.path("token").asText()).isEqualTo("/");
        assertThat(first.path("bytes")).isEqualTo(TestServer.JSON.readTree("[47]"));
        assertThat(first.path("top_logprobs")).hasSize(2);
        assertThat(first.path("top_logprobs").path(0).path("token").asText()).isEqualTo("/");
        assertThat(first.path("top_logprobs").path(0).path("logprob")).isEqualTo(first.path("logprob"));
        assertThat(first.path("logprob").asDouble()).isNegative();
        assertThat(content.path(1).get("bytes").isNull()).as("half of é").isTrue();
    }

    @Test
    void anEchoedPromptHasLogprobsAndMayBeAllThatIsWanted() {
        JsonNode choice = ok(server.post("/v1/completions", completion(BASE, 0, ", \"echo\": true, \"logprobs\": 1")))
                .path("choices")
                .path(0);
        assertThat(choice.path("text").asText()).isEqualTo(LetterModel.PROMPT);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("length");
        JsonNode logprobs = choice.path("logprobs");
        assertThat(logprobs.path("tokens")).hasSize(7);
        assertThat(logprobs.path("tokens").path(1).asText()).isEqualTo(")");
        assertThat(logprobs.path("token_logprobs").path(0).isNull()).isTrue();
        assertThat(logprobs.path("top_logprobs").path(0).isNull()).isTrue();
        assertThat(logprobs.path("token_logprobs").path(6).asDouble()).isNegative();
        assertThat(logprobs.path("top_logprobs").path(6)).hasSize(1);
        assertThat(logprobs.path("text_offset")).hasSize(7);
        assertThat(logprobs.path("text_offset").path(6).asInt()).isEqualTo(6);
    }

    @Test
    void logprobsOfAnEchoAreThoseOfTheSameTokensSaid() {
        JsonNode said = ok(server.post("/v1/completions", completion(BASE, 1, ", \"logprobs\": 0")))
                .path("choices")
                .path(0)
                .path("logprobs");
        JsonNode echoed = ok(server.post(
                        "/v1/completions",
                        "{\"model\": \"" + BASE + "\", \"prompt\": [32, 11, 55, 26, 53, 15, 46, 17], \"max_tokens\": 0,"
                                + " \"echo\": true, \"logprobs\": 0}"))
                .path("choices")
                .path(0)
                .path("logprobs");
        assertThat(said.get("top_logprobs").isNull()).isTrue();
        assertThat(echoed.path("token_logprobs").path(7).asDouble())
                .isCloseTo(said.path("token_logprobs").path(0).asDouble(), within(1e-4)); // sums in another order
    }

    @Test
    void aChatStreamIsARoleThenTextThenAReasonThenDone() throws IOException {
        TestServer.Answer answer = server.post("/v1/chat/completions", chat(BASE, 12, ", \"stream\": true"));
        assertThat(answer.header("content-type")).startsWith("text/event-stream");
        List<String> events = answer.events();
        assertThat(events.get(events.size() - 1)).isEqualTo("[DONE]");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < events.size() - 1; i++) {
            JsonNode chunk = TestServer.JSON.readTree(events.get(i));
            assertThat(chunk.path("object").asText()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.has("usage")).isFalse();
            JsonNode choice = chunk.path("choices").path(0);
            boolean last = i == events.size() - 2;
            assertThat(choice.path("delta").has("role")).isEqualTo(i == 0);
            assertThat(choice.path("finish_reason").isNull()).isEqualTo(!last);
            text.append(choice.path("delta").path("content").asText());
        }
        JsonNode last = TestServer.JSON
                .readTree(events.get(events.size() - 2))
                .path("choices")
                .path(0);
        assertThat(last.path("finish_reason").asText()).isEqualTo("length");
        assertThat(last.path("delta")).isEmpty();
        assertThat(text).hasToString(LetterModel.ANSWER);
    }

    @Test
    void aStreamTellsTheUsageIfAsked() throws IOException {
        for (String path : List.of("/v1/chat/completions", "/v1/completions")) {
            String more = ", \"stream\": true, \"stream_options\": {\"include_usage\": true}";
            String body = path.contains("chat") ? chat(BASE, 5, more) : completion(BASE, 5, more);
            List<String> events = server.post(path, body).events();
            for (String event : events.subList(0, events.size() - 2)) {
                JsonNode chunk = TestServer.JSON.readTree(event);
                assertThat(chunk.has("usage") && chunk.get("usage").isNull())
                        .as(event)
                        .isTrue();
                assertThat(chunk.path("choices")).hasSize(1);
            }
            JsonNode last = TestServer.JSON.readTree(events.get(events.size() - 2));
            assertThat((ArrayNode) last.get("choices")).isEmpty();
            assertThat(last.path("usage").path("completion_tokens").asInt()).isEqualTo(5);
            assertThat(last.path("usage").path("prompt_tokens").asInt()).isEqualTo(7);
        }
    }

    @Test
    void aCompletionStreamWithEchoAndLogprobsIsTheWholeInPieces() throws IOException {
        String more = ", \"echo\": true, \"logprobs\": 2, \"n\": 2";
        JsonNode whole =
                ok(server.post("/v1/completions", completion(BASE, 6, more))).path("choices");
        String[] texts = {"", ""};
        List<ArrayNode> logprobs = List.of(TestServer.JSON.createArrayNode(), TestServer.JSON.createArrayNode());
        for (String event : server.post("/v1/completions", completion(BASE, 6, more + ", \"stream\": true"))
                .events()) {
            if (!event.equals("[DONE]")) {
                JsonNode choice =
                        TestServer.JSON.readTree(event).path("choices").path(0);
                int index = choice.path("index").asInt();
                texts[index] += choice.path("text").asText();
                choice.path("logprobs").path("token_logprobs").forEach(logprobs.get(index)::add);
            }
        }
        for (int i = 0; i < 2; i++) {
            assertThat(texts[i]).isEqualTo(whole.path(i).path("text").asText());
            assertThat(logprobs.get(i)).hasSize(13);
            assertThat(logprobs.get(i)).isEqualTo(whole.path(i).path("logprobs").path("token_logprobs"));
        }
    }

    @Test
    void modelsAreListedAndFound() {
        JsonNode list = ok(server.get("/v1/models"));
        assertThat(list.path("object").asText()).isEqualTo("list");
        assertThat(list.path("data")).hasSize(1);
        JsonNode base = ok(server.get("/v1/models/" + BASE));
        assertThat(base).isEqualTo(list.path("data").path(0));
        assertThat(base.path("id").asText()).isEqualTo(BASE);
        assertThat(base.path("object").asText()).isEqualTo("model");
        assertThat(base.path("owned_by").asText()).isEqualTo("lora4j");
        assertThat(base.path("max_model_len").asInt()).isPositive();
        assertThat(base.has("parent")).isFalse();
    }

    @Test
    void aBaseWithTheNameOfAHubsRepositoryIsFoundHoweverItIsWritten() {
        try (TestServer hub = TestServer.start(ServerOptions.local("org/letters"))) {
            assertThat(ok(hub.get("/v1/models/org/letters")).path("id").asText())
                    .isEqualTo("org/letters");
            assertThat(ok(hub.get("/v1/models/org%2Fletters")).path("id").asText())
                    .isEqualTo("org/letters");
            assertThat(text(
                            ok(hub.post("/v1/completions", completion("org/letters", 12, "")))
                                    .path("choices"),
                            0))
                    .isEqualTo(LetterModel.ANSWER);
        }
    }
}
