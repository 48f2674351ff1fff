package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.generation.Prompt;
import dev.lora4j.lora.AdapterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What those who run the server see of it. */
class OperationsTest {
    private static String metrics(TestServer server) {
        TestServer.Answer answer = server.get("/metrics");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).startsWith("text/plain");
        return answer.response().body();
    }

    @Test
    void figuresAreByModel() {
        try (TestServer server = TestServer.start().with("all-linear")) {
            server.post("/v1/completions", completion(BASE, 12, ""));
            server.post("/v1/completions", completion("all-linear", 5, ", \"n\": 2"));
            server.post("/v1/completions", completion("nobody", 5, ""));
            assertThat(metrics(server))
                    .contains(
                            "lora4j_generated_tokens_total{model=\"letters\"} 12.0",
                            "lora4j_generated_tokens_total{model=\"all-linear\"} 10.0",
                            "lora4j_prompt_tokens_total{model=\"letters\"} 7.0",
                            "lora4j_sequences_total{model=\"all-linear\",reason=\"length\"} 2.0",
                            "lora4j_time_to_first_token_seconds_count{model=\"all-linear\"} 2",
                            "lora4j_inter_token_seconds_count{model=\"letters\"} 11",
                            "lora4j_queue_time_seconds_count{model=\"letters\"} 1",
                            "lora4j_time_to_first_token_seconds_bucket{model=\"letters\",le=\"60.0\"} 1",
                            "lora4j_queue_length 0.0",
                            "lora4j_running_sequences 0.0",
                            "lora4j_adapters_in_memory 1.0")
                    .doesNotContain("nobody");
        }
    }

    @Test
    void soManyModelsHaveFiguresOfTheirOwnAndTheRestShareThem() {
        try (AdapterRegistry adapters = AdapterRegistry.create();
                ServerMetrics metrics = new ServerMetrics(adapters)) {
            Reply reply = new Reply(1, 1, () -> {});
            for (int i = 0; i < ServerMetrics.MAX_MODELS + 50; i++) {
                Work work = new Work(0, "m" + i, Prompt.of(1), Optional.empty(), OptionalInt.empty(), false, reply, 0);
                metrics.begins(work, Duration.ofMillis(1));
            }
            String text = metrics.text();
            assertThat(text.lines().filter(line -> line.startsWith("lora4j_prompt_tokens_total")))
                    .hasSize(ServerMetrics.MAX_MODELS + 1)
                    .contains("lora4j_prompt_tokens_total{model=\"(others)\"} 50.0");
        }
    }

    @Test
    void anAdapterThatHasAllTheWorkIsMergedIfTheServerMay() {
        try (TestServer server =
                TestServer.start(ServerOptions.local(BASE).mergingHot()).with("all-linear", "dora")) {
            String first = server.text("all-linear", 12);
            for (int i = 0; i < 8; i++) {
                assertThat(server.text("all-linear", 12)).isEqualTo(first);
            }
            double merged = server.figure("lora4j_merged_steps_total");
            assertThat(merged).isPositive();
            server.text("dora", 12);
            assertThat(server.figure("lora4j_merged_steps_total")).isEqualTo(merged);
        }
        try (TestServer server = TestServer.start().with("all-linear")) {
            for (int i = 0; i < 9; i++) {
                server.text("all-linear", 12);
            }
            assertThat(server.figure("lora4j_merged_steps_total")).isZero();
        }
    }

    @Test
    void healthAndReadinessAreTold() {
        try (TestServer server = TestServer.start()) {
            assertThat(server.get("/health").json().path("status").asText()).isEqualTo("ok");
            assertThat(server.get("/ready").status()).isEqualTo(200);
        }
    }
}
