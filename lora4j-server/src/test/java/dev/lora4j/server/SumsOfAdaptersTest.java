package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TokenListener;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.WeightedAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Adapters added up for one request. Expected tokens and logprobs are those of PEFT 0.21.2 on the golden llama after
 * {@code add_weighted_adapter(["a", "b"], weights, "sum", combination_type="cat")}, greedy after the golden prompt, where a
 * is the first adapter and b the one of all linear layers. The best token leads by more than 1e-3 everywhere.
 */
class SumsOfAdaptersTest {
    private static final int[] PROMPT = {32, 11, 55, 26, 53, 15, 46};
    private static final int[] SUM = {1, 66, 1, 66, 1, 66, 84, 5, 77, 66, 1, 66}; // 0.7 a + 0.5 b
    private static final double[] SUM_LOGPROBS = {
        -1.893827, -2.013979, -2.947941, -2.204126, -2.849006, -1.930196, -2.963392, -2.935342, -2.677306, -2.586983,
        -2.433395, -1.51006
    };
    private static final int[] DIFFERENCE = {69, 32, 4, 13, 84, 66, 17, 71, 1, 68, 27, 66}; // a - 0.5 b
    private static final double[] DIFFERENCE_LOGPROBS = {
        -2.532943, -2.917174, -2.591548, -2.930683, -2.775714, -2.846687, -2.959924, -2.734756, -2.206915, -2.370662,
        -2.635946, -1.963344
    };
    private static final String A_AND_B =
            ", \"adapters\": [{\"name\": \"a\", \"weight\": %s}, {\"name\": \"b\", \"weight\": %s}]";

    private final TestServer server = TestServer.start();

    SumsOfAdaptersTest() {
        server.server.publish("a", LetterModel.adapter(""));
        server.server.publish("b", LetterModel.adapter("all-linear"));
        server.server.publish("dora", LetterModel.adapter("dora"));
        server.server.publish("head", LetterModel.adapter("saved-head"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String sum(double a, double b) {
        return A_AND_B.formatted(a, b);
    }

    private JsonNode complete(String more) {
        TestServer.Answer answer = server.post("/v1/completions", completion(BASE, 12, more));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json();
    }

    private static String text(JsonNode answer) {
        return answer.path("choices").path(0).path("text").asText();
    }

    private static void assertLogprobs(JsonNode answer, double[] expected) {
        JsonNode found = answer.path("choices").path(0).path("logprobs").path("token_logprobs");
        assertThat(found).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(found.get(i).asDouble()).as("token %d", i).isCloseTo(expected[i], within(1e-4));
        }
    }

    @Test
    void aSumIsPefts() {
        try (LetterModel letters = LetterModel.open();
                Adapter a = AdapterFolder.read(LetterModel.adapter(""), letters.model());
                Adapter b = AdapterFolder.read(LetterModel.adapter("all-linear"), letters.model());
                GenerationBatch batch = GenerationBatch.of(letters.model())) {
            List<Integer> sum = new ArrayList<>();
            List<Integer> difference = new ArrayList<>();
            List<Integer> base = new ArrayList<>();
            add(batch, List.of(new WeightedAdapter("a", a, 0.7), new WeightedAdapter("b", b, 0.5)), sum);
            add(batch, List.of(), base);
            add(batch, List.of(new WeightedAdapter("a", a, 1), new WeightedAdapter("b", b, -0.5)), difference);
            while (!batch.isEmpty()) {
                batch.step();
            }
            assertThat(sum).containsExactly(java.util.Arrays.stream(SUM).boxed().toArray(Integer[]::new));
            assertThat(difference)
                    .containsExactly(java.util.Arrays.stream(DIFFERENCE).boxed().toArray(Integer[]::new));
            assertThat(base).startsWith(17, 73, 47); // transformers'
        }
        assertLogprobs(complete(sum(0.7, 0.5) + ", \"logprobs\": 0"), SUM_LOGPROBS);
        assertLogprobs(complete(sum(1, -0.5) + ", \"logprobs\": 0"), DIFFERENCE_LOGPROBS);
    }

    private static void add(GenerationBatch batch, List<WeightedAdapter> adapters, List<Integer> heard) {
        TokenListener listener = heard::add;
        batch.add(Prompt.of(PROMPT).withSum(adapters), GenerationSettings.greedy(12), listener);
    }

    @Test
    void inABatchWithOthersEachSaysWhatItSaysAlone() {
        List<String> asks = new ArrayList<>();
        for (String model : List.of(BASE, "a", "b", "dora")) {
            asks.add(completion(model, 40, ""));
        }
        for (double weight : new double[] {-1, 0, 0.25, 0.5, 1, 2}) {
            asks.add(completion(BASE, 40, sum(weight, 1)));
            asks.add(completion(BASE, 40, sum(0.5, weight)));
        }
        List<String> alone = asks.stream()
                .map(ask -> text(server.post("/v1/completions", ask).json()))
                .toList();
        assertThat(alone.stream().distinct().count()).isGreaterThan(8);
        Random random = new Random(1);
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int which = random.nextInt(asks.size());
            running.add(CompletableFuture.runAsync(() -> assertThat(
                            text(server.post("/v1/completions", asks.get(which)).json()))
                    .isEqualTo(alone.get(which))));
        }
        running.forEach(CompletableFuture::join);
    }

    @Test
    void weightsOfOneAndZeroAndAnEmptySumAreWhatTheySeem() {
        String a = text(server.post("/v1/completions", completion("a", 12, "")).json());
        String b = text(server.post("/v1/completions", completion("b", 12, "")).json());
        assertThat(text(complete(sum(1, 0)))).isEqualTo(a);
        assertThat(text(complete(sum(0, 1)))).isEqualTo(b);
        assertThat(text(complete(", \"adapters\": [{\"name\": \"a\"}]"))).isEqualTo(a);
        assertThat(text(complete(", \"adapters\": []"))).isEqualTo(LetterModel.ANSWER);
        assertThat(text(complete(sum(0, 0)))).isEqualTo(LetterModel.ANSWER);
    }

    @Test
    void aSumSharesWhatItHasReadWithTheSameSumOnly() {
        String prompt = "hijklmnopqrstuvwxyz".repeat(3);
        assertThat(cached(prompt, "{\"name\": \"a\", \"weight\": 0.5}, {\"name\": \"b\"}"))
                .isZero();
        assertThat(cached(prompt, "{\"name\": \"b\"}, {\"name\": \"a\", \"weight\": 0.5}"))
                .isEqualTo(48);
        assertThat(cached(prompt, "{\"name\": \"b\", \"weight\": 0.5}, {\"name\": \"a\"}"))
                .isZero();
        assertThat(cached(prompt, "{\"name\": \"a\", \"weight\": 0.25}, {\"name\": \"b\"}"))
                .isZero();
        assertThat(cached(prompt, "{\"name\": \"a\"}")).isZero();
        TestServer.Answer plain = server.post(
                "/v1/completions",
                "{\"model\": \"a\", \"prompt\": \"" + prompt + "\", \"temperature\": 0, \"max_tokens\": 1}");
        assertThat(cached(plain.json()))
                .as("the adapter by itself is the adapter")
                .isEqualTo(48);
    }

    private int cached(String prompt, String adapters) {
        return cached(server.post(
                        "/v1/completions",
                        "{\"model\": \"" + BASE + "\", \"prompt\": \"" + prompt
                                + "\", \"temperature\": 0, \"max_tokens\": 1, \"adapters\": [" + adapters + "]}")
                .json());
    }

    private static int cached(JsonNode answer) {
        return answer.path("usage")
                .path("prompt_tokens_details")
                .path("cached_tokens")
                .asInt(-1);
    }

    @Test
    void anAnswerTellsWhichWeightsItCameFromAndHoldsThemToItsEnd() throws Exception {
        String chat = TestServer.chat(BASE, 3, sum(0.7, 0.5));
        TestServer.Answer answer = server.post("/v1/chat/completions", chat);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.header("x-lora4j-adapter-digest")).matches("[0-9a-f]{64}");
        assertThat(answer.json().path("model").asText()).isEqualTo(BASE);
        TestServer.Answer other = server.post("/v1/chat/completions", TestServer.chat(BASE, 3, sum(0.7, 0.6)));
        assertThat(other.header("x-lora4j-adapter-digest")).isNotEqualTo(answer.header("x-lora4j-adapter-digest"));
        String alone = text(server.post("/v1/completions", completion(BASE, 1500, sum(0.7, 0.5)))
                .json());
        TestServer.await("it has left", () -> server.server.sequences() == 0);
        CompletableFuture<String> running = CompletableFuture.supplyAsync(() ->
                text(server.post("/v1/completions", completion(BASE, 1500, sum(0.7, 0.5)))
                        .json()));
        TestServer.await("it runs", () -> server.server.sequences() == 1);
        server.server.unpublish("a");
        server.server.unpublish("b");
        assertThat(running.get()).isEqualTo(alone);
        TestServer.await("a and b are freed", () -> server.server.versionsInMemory() == 2);
        assertThat(server.get("/metrics").response().body()).contains("model=\"(sums)\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[1]",
                "[{}]",
                "[{\"name\": 1}]",
                "[{\"name\": \"a\", \"weight\": \"1\"}]",
                "[{\"name\": \"a\", \"weight\": 101}]",
                "[{\"name\": \"a\", \"weight\": 1e999}]",
                "[{\"name\": \"a\", \"scale\": 1}]",
                "[{\"name\": \"a\"}, {\"name\": \"a\"}]",
                "[{\"name\": \"letters\"}]",
                "[{\"name\": \"a\"}, {\"name\": \"dora\"}]",
                "[{\"name\": \"dora\", \"weight\": 0.5}]"
            })
    void whatIsNoSumIsRefused(String adapters) {
        TestServer.Answer answer = server.post("/v1/completions", completion(BASE, 1, ", \"adapters\": " + adapters));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(400);
        assertThat(answer.error().path("param").asText()).startsWith("adapters");
        assertThat(server.server.sequences()).isZero();
        assertThat(text(complete(""))).isEqualTo(LetterModel.ANSWER);
    }

    @Test
    void unknownNamesAndAdaptersOverAdaptersAreRefused() {
        assertThat(server.post("/v1/completions", completion(BASE, 1, ", \"adapters\": [{\"name\": \"nobody\"}]"))
                        .status())
                .isEqualTo(404);
        TestServer.Answer over =
                server.post("/v1/completions", completion("a", 1, ", \"adapters\": [{\"name\": \"b\"}]"));
        assertThat(over.status()).isEqualTo(400);
        assertThat(over.error().path("param").asText()).isEqualTo("model");
        String nine = "{\"name\": \"a\"},".repeat(9);
        assertThat(server.post(
                                "/v1/completions",
                                completion(BASE, 1, ", \"adapters\": [" + nine.substring(0, nine.length() - 1) + "]"))
                        .status())
                .isEqualTo(400);
    }
}
