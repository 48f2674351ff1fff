package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.chat;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.tensor.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many clients, clients that go away, a queue that is full, and the end of a server. */
class LoadTest {
    private static final int LONG = 4000;

    /** A client on a bare socket, which can go away at any moment. */
    private static final class RawClient implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        RawClient(TestServer server, String path, String body) throws IOException {
            socket = server.connect();
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            out.write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: " + bytes.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.flush();
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        /** Reads up to a line that begins so. */
        String line(String beginning) throws IOException {
            String line = in.readLine();
            while (line != null && !line.startsWith(beginning)) {
                line = in.readLine();
            }
            return String.valueOf(line);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static double generated(TestServer server) {
        return server.get("/metrics")
                .response()
                .body()
                .lines()
                .filter(line -> line.startsWith("lora4j_generated_tokens_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void clientsThatGoAwayStopTheirSequences() throws Exception {
        try (TestServer server = TestServer.start().with("all-linear")) {
            for (String path : List.of("/v1/chat/completions", "/v1/completions")) {
                for (boolean stream : new boolean[] {true, false}) {
                    String more = ", \"n\": 3" + (stream ? ", \"stream\": true" : "");
                    String body = path.contains("chat") ? chat("all-linear", LONG, more) : completion(BASE, LONG, more);
                    RawClient client = new RawClient(server, path, body);
                    if (stream) {
                        assertThat(client.line("data: ")).contains("choices");
                    }
                    TestServer.await("it runs", () -> server.server.sequences() == 3);
                    client.close();
                    long left = System.nanoTime();
                    TestServer.await("it stops", () -> server.server.sequences() == 0);
                    // an answer of 3 × 4,000 tokens takes seconds
                    assertThat(Duration.ofNanos(System.nanoTime() - left)).isLessThan(Duration.ofSeconds(1));
                }
            }
            assertThat(generated(server)).isLessThan(4 * 3 * LONG / 2.0);
            assertThat(server.get("/v1/models").status()).isEqualTo(200);
        }
    }

    @Test
    void manyClientsThatGoAwayLeaveNothingBehind() throws Exception {
        try (TestServer server = TestServer.start().with("all-linear")) {
            // what is made once, for one row and for several
            server.post("/v1/completions", completion("all-linear", 5, ", \"n\": 3"));
            TestServer.await("it stops", () -> server.server.sequences() == 0);
            long before = Scope.liveObjects();
            for (int i = 0; i < Soak.times(60, 1_000); i++) {
                String model = i % 2 == 0 ? BASE : "all-linear";
                RawClient client =
                        new RawClient(server, "/v1/completions", completion(model, LONG, ", \"stream\": true"));
                if (i % 3 > 0) {
                    client.line("data: ");
                }
                client.close();
            }
            TestServer.await("all stop", () -> server.server.sequences() == 0);
            // the engine's last step may still be closing what it made
            TestServer.await("nothing is left", () -> Scope.liveObjects() <= before);
            server.server.unpublish("all-linear");
            assertThat(server.server.versionsInMemory()).as("no lease is left").isZero();
        }
    }

    @Test
    void aFullQueueIsToldWithTheTimeToComeBack() throws Exception {
        Limits limits = Limits.defaults().withEngine(1, 4, 4096, 4096);
        try (TestServer server = TestServer.start(ServerOptions.local(BASE).withLimits(limits));
                RawClient first = new RawClient(
                        server, "/v1/completions", completion(BASE, 2000, ", \"n\": 4, \"stream\": true"))) {
            assertThat(first.line("data: ")).contains("choices"); // one runs, three wait
            TestServer.Answer refused = server.post("/v1/completions", completion(BASE, 1, ", \"n\": 2"));
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.error().path("code").asText()).isEqualTo("queue_full");
            assertThat(refused.error().path("type").asText()).isEqualTo("rate_limit_error");
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 60);
            assertThat(server.get("/health").status()).isEqualTo(200);
            assertThat(server.get("/ready").status()).isEqualTo(200);
            first.close();
            TestServer.await("it stops", () -> server.server.sequences() == 0);
            assertThat(server.post("/v1/completions", completion(BASE, 1, "")).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void manyClientsWithManyAdaptersGetWhatEachGetsAlone() throws Exception {
        String[] models = {BASE, "all-linear", "saved-head", "rslora", "dora", "patterns"};
        try (TestServer server = TestServer.start().with("all-linear", "saved-head", "rslora", "dora", "patterns")) {
            List<String> alone = new ArrayList<>();
            for (String model : models) {
                alone.add(server.text(model, 30));
            }
            assertThat(alone).as("the adapters differ").doesNotHaveDuplicates();
            ExecutorService clients = Executors.newFixedThreadPool(Soak.times(12, 64));
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < Soak.times(120, 10_000); i++) {
                String model = models[i % models.length];
                answers.add(clients.submit(() -> server.text(model, 30)));
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get()).as(models[i % models.length]).isEqualTo(alone.get(i % models.length));
            }
            clients.shutdown();
        }
    }

    @Test
    void aStreamThatIsCutByTheServersEndSaysSo() throws Exception {
        TestServer server = TestServer.start();
        try (RawClient client = new RawClient(server, "/v1/chat/completions", chat(BASE, LONG, ", \"stream\": true"))) {
            assertThat(client.line("data: ")).contains("choices");
            CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
            assertThat(client.line("data: {\"error\"")).contains("shutting_down", "server_error");
            assertThat(client.line("data: ")).isEqualTo("data: [DONE]");
            closing.get();
        }
    }

    @Test
    void aDrainFinishesStreamsAndRefusesTheRest() throws Exception {
        try (TestServer server = TestServer.start();
                RawClient client =
                        new RawClient(server, "/v1/completions", completion(BASE, 1500, ", \"stream\": true"))) {
            assertThat(client.line("data: ")).contains("choices");
            CountDownLatch drained = new CountDownLatch(1);
            CompletableFuture<Boolean> draining = CompletableFuture.supplyAsync(() -> drain(server, drained));
            TestServer.await("it is not ready", () -> server.get("/ready").status() == 503);
            assertThat(drained.getCount()).as("the stream still runs").isEqualTo(1);
            TestServer.Answer refused = server.post("/v1/completions", completion(BASE, 1, ""));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error().path("code").asText()).isEqualTo("shutting_down");
            assertThat(client.line("data: [DONE]")).isEqualTo("data: [DONE]");
            assertThat(draining.get()).isTrue();
        }
    }

    private static boolean drain(TestServer server, CountDownLatch drained) {
        try {
            return server.server.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            drained.countDown();
        }
    }

    private static TestServer impatient(int connections) {
        Limits limits = Limits.defaults()
                .withEngine(1, 64, LONG + 100, LONG + 100)
                .withConnections(connections, Duration.ofMillis(300));
        return TestServer.start(ServerOptions.local(BASE).withLimits(limits));
    }

    @Test
    void anAnswerMayTakeLongerThanAConnectionMayBeIdle() throws Exception {
        try (TestServer server = impatient(100)) {
            CompletableFuture<TestServer.Answer> first =
                    CompletableFuture.supplyAsync(() -> server.post("/v1/completions", completion(BASE, LONG, "")));
            TestServer.await("it runs", () -> server.server.sequences() == 1);
            long began = System.nanoTime();
            TestServer.Answer queued = server.post("/v1/completions", completion(BASE, 12, ", \"stream\": true"));
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("it waited behind the first")
                    .isGreaterThan(Duration.ofMillis(600));
            assertThat(queued.events()).contains("[DONE]");
            assertThat(first.get()
                            .json()
                            .path("usage")
                            .path("completion_tokens")
                            .asInt())
                    .isEqualTo(LONG);
        }
    }

    @Test
    void aClientThatSaysNothingIsCutOff() throws Exception {
        try (TestServer server = impatient(100);
                Socket silent = server.connect();
                Socket half = server.connect()) {
            half.getOutputStream().write("POST /v1/completions HT".getBytes(StandardCharsets.US_ASCII));
            for (Socket socket : List.of(silent, half)) {
                socket.setSoTimeout(20_000);
                socket.getInputStream().readAllBytes(); // comes to an end: else the time-out would throw
            }
            assertThat(server.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void connectionsAboveTheLimitWaitForOthersToEnd() throws Exception {
        try (TestServer server = impatient(2);
                Socket first = server.connect();
                Socket second = server.connect()) {
            assertThat(first.isConnected() && second.isConnected()).isTrue();
            assertThat(server.get("/health").status())
                    .as("once the silent ones are cut off")
                    .isEqualTo(200);
        }
    }

    @Test
    void oneClientThatSendsItsBodySlowlyHoldsNobodyUp() throws Exception {
        try (TestServer server = TestServer.start();
                Socket slow = server.connect()) {
            slow.getOutputStream()
                    .write(
                            "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(server.post("/v1/completions", completion(BASE, 12, "")).status())
                    .isEqualTo(200);
        }
    }
}
