package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one request has read and another need not: never another's, and never another answer. */
class PrefixCacheTest {
    /** Logprobs are sums of some hundred float32 products of size 1 to 10 in another order. */
    private static final double ROUNDING = 1e-4;

    @TempDir
    Path folder;

    private TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart(ServerOptions options) {
        server.close();
        server = TestServer.start(options);
    }

    private static String text(long seed, int chars) {
        StringBuilder text = new StringBuilder();
        new Random(seed).ints(chars, 'h', 'z').forEach(text::appendCodePoint); // the tokenizer knows no g
        return text.toString();
    }

    private static String completion(String model, String prompt, int tokens, String more) {
        return "{\"model\": \"" + model + "\", \"prompt\": \"" + prompt + "\", \"temperature\": 0, \"max_tokens\": "
                + tokens + more + "}";
    }

    private JsonNode complete(String model, String prompt, int tokens, String more) {
        TestServer.Answer answer = server.post("/v1/completions", completion(model, prompt, tokens, more));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json();
    }

    private static int cached(JsonNode answer) {
        JsonNode count = answer.path("usage").path("prompt_tokens_details").path("cached_tokens");
        assertThat(count.isInt()).as(answer.toString()).isTrue();
        return count.asInt();
    }

    private static String said(JsonNode answer) {
        return answer.path("choices").path(0).path("text").asText();
    }

    @Test
    void aSecondRequestReadsOnlyTheRestAndGetsTheSameTokensAndLogprobs() {
        String prompt = text(1, 50);
        JsonNode first = complete(BASE, prompt, 20, ", \"logprobs\": 3");
        JsonNode second = complete(BASE, prompt, 20, ", \"logprobs\": 3");
        JsonNode third = complete(BASE, prompt.substring(0, 40) + "zz", 1, "");
        assertThat(cached(first)).isZero();
        assertThat(cached(second)).isEqualTo(48);
        assertThat(cached(third)).isEqualTo(32);
        assertThat(second.path("usage").path("prompt_tokens").asInt()).isEqualTo(50);
        JsonNode expected = first.path("choices").path(0).path("logprobs");
        JsonNode found = second.path("choices").path(0).path("logprobs");
        assertThat(found.path("tokens")).isEqualTo(expected.path("tokens")).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(found.path("token_logprobs").get(i).asDouble())
                    .isCloseTo(expected.path("token_logprobs").get(i).asDouble(), within(ROUNDING));
        }
        assertThat(server.get("/metrics").response().body())
                .contains("lora4j_cached_prompt_tokens_total{model=\"letters\"} 80.0");
        assertThat(server.figure("lora4j_cache_pages_in_use")).isZero();
        assertThat(server.figure("lora4j_cache_pages_kept")).isGreaterThanOrEqualTo(4);
    }

    private static ObjectNode chat(ArrayNode messages, int tokens, boolean stream) {
        ObjectNode body = TestServer.JSON.createObjectNode().put("model", BASE).put("temperature", 0);
        body.set("messages", messages);
        body.put("max_tokens", tokens).put("stream", stream);
        body.putObject("stream_options").put("include_usage", true);
        return body;
    }

    @Test
    void aTurnOfAChatFindsTheTurnBeforeItAlsoInAStream() throws IOException {
        ArrayNode messages = TestServer.JSON.createArrayNode();
        messages.addObject().put("role", "user").put("content", LetterModel.PROMPT);
        ObjectNode whole = chat(messages, 9, false);
        whole.remove("stream_options");
        JsonNode first = server.post("/v1/chat/completions", whole.toString()).json();
        assertThat(cached(first)).isZero();
        String answer = first.path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asText()
                .replace("é", "e");
        messages.addObject().put("role", "assistant").put("content", answer);
        messages.addObject().put("role", "user").put("content", text(3, 40));
        ObjectNode next = chat(messages, 2, true);
        List<String> events =
                server.post("/v1/chat/completions", next.toString()).events();
        assertThat(cached(TestServer.JSON.readTree(events.get(events.size() - 2))))
                .as("é makes the text another one before the first page is full")
                .isZero();
        events = server.post("/v1/chat/completions", next.toString()).events();
        JsonNode usage = TestServer.JSON.readTree(events.get(events.size() - 2));
        assertThat(cached(usage)).isEqualTo(48);
        messages.addObject().put("role", "user").put("content", text(4, 40));
        events = server.post("/v1/chat/completions", chat(messages, 2, true).toString())
                .events();
        assertThat(cached(TestServer.JSON.readTree(events.get(events.size() - 2))))
                .isEqualTo(48);
    }

    private static void copy(String variant, Path target) throws IOException {
        Files.createDirectories(target);
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.write(
                    target.resolve(name),
                    Files.readAllBytes(LetterModel.adapter(variant).resolve(name)));
        }
    }

    @Test
    void anotherAdapterAndAnotherVersionUnderTheSameNameNeverHit() throws IOException {
        Path changing = folder.resolve("changing");
        copy("", changing);
        server.server.publish("a", changing);
        server.server.publish("b", LetterModel.adapter("all-linear"));
        String prompt = text(1, 50);
        String base = said(complete(BASE, prompt, 20, ""));
        JsonNode first = complete("a", prompt, 20, "");
        assertThat(cached(first)).isZero();
        assertThat(cached(complete("a", prompt, 20, ""))).isEqualTo(48);
        JsonNode other = complete("b", prompt, 20, "");
        assertThat(cached(other)).isZero();
        assertThat(said(other)).isNotEqualTo(base);

        copy("saved-head", changing);
        server.server.publish("a", changing);
        JsonNode swapped = complete("a", prompt, 20, "");
        assertThat(cached(swapped)).isZero();
        try (TestServer fresh = TestServer.start()) {
            fresh.server.publish("a", changing);
            TestServer.Answer alone = fresh.post("/v1/completions", completion("a", prompt, 20, ""));
            assertThat(said(swapped)).isEqualTo(said(alone.json())).isNotEqualTo(said(first));
        }

        copy("", changing); // the first content again, under any name
        server.server.publish("c", changing);
        JsonNode back = complete("c", prompt, 20, "");
        assertThat(cached(back)).isEqualTo(48);
        assertThat(said(back)).isEqualTo(said(first));
    }

    @Test
    void keysDoNotFindWhatOthersHaveAsked() throws IOException {
        Path keys = folder.resolve("keys.json");
        Files.writeString(keys, """
                {"keys": [{"name": "x", "sha256": "%s", "scopes": ["infer"]},
                          {"name": "y", "sha256": "%s", "scopes": ["infer"]}]}
                """.formatted(sha256("x".repeat(32)), sha256("y".repeat(32))));
        restart(ServerOptions.local(BASE).withKeys(ApiKeys.read(keys)));
        String body = completion(BASE, text(1, 50), 2, "");
        assertThat(cached(asked("x", body))).isZero();
        assertThat(cached(asked("y", body))).isZero();
        assertThat(cached(asked("x", body))).isEqualTo(48);
    }

    private static String sha256(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode asked(String key, String body) {
        return server.send(server.request("/v1/completions")
                        .header("Authorization", "Bearer " + key.repeat(32))
                        .POST(BodyPublishers.ofString(body)))
                .json();
    }

    @Test
    void switchedOffItFindsNothing() {
        restart(ServerOptions.local(BASE).withLimits(Limits.defaults().withoutPrefixes()));
        String prompt = text(1, 50);
        String first = said(complete(BASE, prompt, 20, ""));
        JsonNode second = complete(BASE, prompt, 20, "");
        assertThat(cached(second)).isZero();
        assertThat(said(second)).isEqualTo(first);
        assertThat(server.figure("lora4j_cache_pages_kept")).isZero();
    }

    @Test
    void aPromptThatIsEchoedWithItsScoresIsReadOnce() {
        String prompt = text(1, 50);
        String alone = said(complete(BASE, prompt, 20, ""));
        restart(ServerOptions.local(BASE));
        JsonNode echoed = complete(BASE, prompt, 20, ", \"echo\": true, \"logprobs\": 1");
        assertThat(said(echoed)).isEqualTo(prompt + alone);
        assertThat(cached(echoed)).as("it was read for this request").isZero();
        JsonNode after = complete(BASE, prompt, 20, "");
        assertThat(cached(after)).isEqualTo(48);
        assertThat(said(after)).isEqualTo(alone);
    }

    @Test
    void underPressureOldPagesGoAndNoAnswerChanges() {
        List<String> prompts = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            prompts.add(text(7, 20) + text(i, 40));
            answers.add(said(complete(BASE, prompts.get(i), 12, "")));
        }
        restart(ServerOptions.local(BASE).withLimits(Limits.defaults().withEngine(4, 64, 160, 160)));
        Random random = new Random(1);
        List<CompletableFuture<Integer>> running = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int which = random.nextInt(prompts.size());
            running.add(CompletableFuture.supplyAsync(() -> {
                JsonNode answer = complete(BASE, prompts.get(which), 12, "");
                assertThat(said(answer)).isEqualTo(answers.get(which));
                return cached(answer);
            }));
        }
        int found = running.stream().mapToInt(CompletableFuture::join).sum();
        assertThat(found).isPositive();
        assertThat(server.figure("lora4j_cache_pages_evicted_total")).isPositive();
        assertThat(server.figure("lora4j_cache_pages_kept")).isLessThanOrEqualTo(10);
        assertThat(server.figure("lora4j_cache_pages_in_use")).isZero();
    }

    /** Many at once with the same beginnings, of the base and of adapters: each says what it says by itself. */
    @Test
    void mixedRequestsWithSharedBeginningsSayWhatTheySayAlone() {
        List<String> models = List.of(BASE, "a", "b", "c");
        try (TestServer plain = TestServer.start(
                ServerOptions.local(BASE).withLimits(Limits.defaults().withoutPrefixes()))) {
            for (TestServer each : List.of(plain, server)) {
                each.server.publish("a", LetterModel.adapter(""));
                each.server.publish("b", LetterModel.adapter("all-linear"));
                each.server.publish("c", LetterModel.adapter("saved-head"));
            }
            Random random = new Random(2);
            List<CompletableFuture<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                String model = models.get(random.nextInt(models.size()));
                String prompt = text(7, 16 + 16 * random.nextInt(3)) + text(random.nextInt(4), random.nextInt(1, 20));
                String body = completion(model, prompt, 6, "");
                String alone = said(plain.post("/v1/completions", body).json());
                running.add(CompletableFuture.supplyAsync(() -> {
                    JsonNode answer = server.post("/v1/completions", body).json();
                    assertThat(said(answer)).isEqualTo(alone);
                    return cached(answer);
                }));
            }
            assertThat(running.stream().mapToInt(CompletableFuture::join).sum()).isPositive();
        }
    }

    @Test
    void cancelledAndFailedRequestsHoldNoPages() throws Exception {
        restart(ServerOptions.local(BASE).withAdapterLoading(folder));
        for (int i = 0; i < 4; i++) {
            try (java.net.Socket socket = server.connect()) {
                String body = completion(BASE, text(i, 50), 3000, ", \"stream\": true");
                socket.getOutputStream()
                        .write(("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
                assertThat(socket.getInputStream().read()).isNotNegative();
            }
        }
        TestServer.await("all are gone", () -> server.server.sequences() == 0);
        complete(BASE, text(9, 10), 1, ""); // a round after the last of them
        TestServer.await("none is held", () -> server.figure("lora4j_cache_pages_in_use") == 0);
        assertThat(cached(complete(BASE, text(0, 50), 2, ""))).isEqualTo(48);
    }
}
