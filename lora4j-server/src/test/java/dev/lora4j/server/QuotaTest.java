package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a key may use, in a minute and at a time. */
class QuotaTest {
    @TempDir
    Path folder;

    private TestServer start(String limits) throws IOException {
        return TestServer.start(ServerOptions.local(BASE).withKeys(keys(limits)));
    }

    private ApiKeys keys(String limits) throws IOException {
        String content = "{\"keys\": [{\"name\": \"a\", \"sha256\": \"" + sha256("key-a")
                + "\", \"scopes\": [\"infer\"], \"limits\": " + limits + "}, {\"name\": \"b\", \"sha256\": \""
                + sha256("key-b") + "\", \"scopes\": [\"infer\", \"admin\"]}]}";
        return ApiKeys.read(Files.writeString(folder.resolve("keys.json"), content));
    }

    private static String sha256(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TestServer.Answer ask(TestServer server, String key, int tokens, String more) {
        return server.send(server.request("/v1/completions")
                .header("Authorization", "Bearer " + key)
                .POST(BodyPublishers.ofString(completion(BASE, tokens, more))));
    }

    private static void assertRefused(TestServer.Answer answer, String what, int leastWait, int mostWait) {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.error().path("code").asText()).isEqualTo("rate_limit_exceeded");
        assertThat(answer.error().path("type").asText()).isEqualTo(what);
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(leastWait, mostWait);
    }

    @Test
    void requestsAMinuteAreCountedAndTold() throws IOException {
        try (TestServer server = start("{\"requests-per-minute\": 3}")) {
            for (int left = 2; left >= 0; left--) {
                TestServer.Answer answer = ask(server, "key-a", 1, "");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("x-ratelimit-limit-requests")).isEqualTo("3");
                assertThat(answer.header("x-ratelimit-remaining-requests")).isEqualTo(Integer.toString(left));
                assertThat(answer.header("x-ratelimit-reset-requests")).matches("([0-9]+m)?[0-9.]+s|[0-9]+ms");
                assertThat(answer.header("x-ratelimit-limit-tokens")).isEmpty();
            }
            TestServer.Answer refused = ask(server, "key-a", 1, "");
            assertRefused(refused, "requests", 15, 20); // one comes back every 20 seconds
            assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
            assertThat(server.get("/health").status()).isEqualTo(200);
            TestServer.Answer other = ask(server, "key-b", 1, "");
            assertThat(other.status()).isEqualTo(200);
            assertThat(other.header("x-ratelimit-limit-requests")).isEmpty();
        }
    }

    @Test
    void tokensAMinuteMayBeOverdrawnOnceAndArePaidBack() throws IOException {
        try (TestServer server = start("{\"tokens-per-minute\": 20}")) {
            TestServer.Answer first = ask(server, "key-a", 12, ""); // 7 + 12
            assertThat(first.header("x-ratelimit-limit-tokens")).isEqualTo("20");
            assertThat(first.status()).isEqualTo(200);
            assertThat(ask(server, "key-a", 12, ", \"stream\": true").status()).isEqualTo(200); // 1 is left
            assertRefused(ask(server, "key-a", 1, ""), "tokens", 50, 57); // 19 short of 1, at one in 3 seconds
            assertThat(ask(server, "key-b", 1, "").status()).isEqualTo(200);
        }
    }

    @Test
    void sequencesAtATimeAreCountedUntilTheyEnd() throws Exception {
        try (TestServer server = start("{\"sequences\": 2}")) {
            TestServer.Answer never = ask(server, "key-a", 1, ", \"n\": 3");
            assertThat(never.status()).isEqualTo(429);
            assertThat(never.header("Retry-After")).isEmpty();
            for (int round = 0; round < 2; round++) {
                CompletableFuture<TestServer.Answer> two =
                        CompletableFuture.supplyAsync(() -> ask(server, "key-a", 3000, ", \"n\": 2"));
                TestServer.await("they run", () -> server.server.sequences() == 2);
                assertRefused(ask(server, "key-a", 1, ""), "sequences", 1, 1);
                assertThat(ask(server, "key-b", 1, "").status()).isEqualTo(200);
                assertThat(two.get().status()).isEqualTo(200);
                TestServer.await("they end", () -> ask(server, "key-a", 1, "").status() == 200);
            }
            assertThat(ask(server, "key-a", 1, ", \"logit_bias\": {\"96\": 1}").status())
                    .isEqualTo(400);
            assertThat(ask(server, "key-a", 1, ", \"n\": 2").status())
                    .as("a refused request holds no place")
                    .isEqualTo(200);
        }
    }

    @Test
    void anAllowanceFillsEvenlyUpToAMinutesWorth() {
        AtomicLong now = new AtomicLong();
        Allowance allowance = new Allowance(60, now::get);
        allowance.spend(90);
        assertThat(allowance.left()).isZero();
        assertThat(allowance.untilOne()).contains(Duration.ofSeconds(31)); // a debt of 30, and one
        assertThat(allowance.untilFull()).isEqualTo(Duration.ofSeconds(90));
        now.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(allowance.takeOne()).isEmpty();
        assertThat(allowance.takeOne()).contains(Duration.ofSeconds(1));
        now.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(allowance.left()).isEqualTo(60);
    }

    @Test
    void timesAreWrittenAsOpenAiDoes() {
        assertThat(Quota.text(Duration.ofMinutes(6))).isEqualTo("6m0s");
        assertThat(Quota.text(Duration.ofSeconds(1))).isEqualTo("1s");
        assertThat(Quota.text(Duration.ofMillis(90_500))).isEqualTo("1m30.5s");
        assertThat(Quota.text(Duration.ofMillis(20))).isEqualTo("20ms");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "3",
                "{\"requests-per-minute\": 0}",
                "{\"tokens-per-minute\": 1.5}",
                "{\"sequences\": 10000000000}",
                "{\"rpm\": 3}"
            })
    void limitsThatAreNoneAreRefused(String limits) {
        assertThatThrownBy(() -> keys(limits))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("keys[0].limits");
    }
}
