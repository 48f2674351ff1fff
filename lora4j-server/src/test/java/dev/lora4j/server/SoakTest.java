package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Too much for a while, and much for a long while. Short here; the whole of it with {@code -Dlora4j.soak=true}. */
class SoakTest {
    private static final List<String> VARIANTS = List.of("all-linear", "saved-head", "rslora", "dora");

    private record Seen(int status, double seconds, String text, boolean toldWhen) {}

    private static Seen ask(TestServer server, String model, int tokens) {
        long began = System.nanoTime();
        TestServer.Answer answer = server.post("/v1/completions", completion(model, tokens, ""));
        double seconds = (System.nanoTime() - began) / 1e9;
        String text = answer.status() == 200
                ? TestServer.text(answer)
                : answer.error().path("code").asText();
        return new Seen(
                answer.status(), seconds, text, answer.header("Retry-After").matches("[1-9]\\d*"));
    }

    /** E1 of reliability: four times what the server holds, all at once, again and again. */
    @Test
    void fourTimesTheLoadIsRefusedInOrderAndTheRestIsServedAsEver() throws Exception {
        int running = 2;
        int queued = 6;
        int tokens = 40;
        int clients = 4 * (running + queued);
        Limits limits = Limits.defaults().withEngine(running, queued, 4096, 4096);
        try (TestServer server =
                TestServer.start(ServerOptions.local(BASE).withLimits(limits)).with("all-linear")) {
            Map<String, String> alone = Map.of(
                    BASE,
                    ask(server, BASE, tokens).text(),
                    "all-linear",
                    ask(server, "all-linear", tokens).text());
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Soak.times(4, 300));
            ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
            ExecutorService pool = Executors.newFixedThreadPool(clients);
            List<Future<?>> asking = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                String model = i % 2 == 0 ? BASE : "all-linear";
                asking.add(pool.submit(() -> {
                    while (System.nanoTime() < end) {
                        Seen answer = ask(server, model, tokens);
                        seen.add(answer);
                        if (answer.status() == 200) {
                            assertThat(answer.text()).isEqualTo(alone.get(model));
                        }
                    }
                }));
            }
            int longest = 0;
            while (System.nanoTime() < end) {
                longest = Math.max(longest, server.server.sequences());
                Thread.sleep(20);
            }
            for (Future<?> each : asking) {
                each.get();
            }
            pool.shutdown();
            assertThat(longest).isBetween(running, running + queued);
            assertThat(seen).extracting(Seen::status).containsOnly(200, 429);
            assertThat(seen).filteredOn(each -> each.status() == 429).allMatch(Seen::toldWhen);
            List<Double> served = seen.stream()
                    .filter(each -> each.status() == 200)
                    .map(Seen::seconds)
                    .sorted()
                    .toList();
            double median = served.get(served.size() / 2);
            double slowest = served.get((int) (served.size() * 0.99));
            // whoever is let in waits for those before it, not for those that are refused
            assertThat(slowest).as("99 of 100, against the median").isLessThan(5 * median + 0.5);
            TestServer.await("it is quiet", () -> server.server.sequences() == 0);
            assertThat(ask(server, BASE, tokens).text()).isEqualTo(alone.get(BASE));
        }
    }

    /** G1 of reliability, the server's part. */
    @Test
    void manyRequestsLeaveNothingBehind() throws Exception {
        try (TestServer server = TestServer.start().with(VARIANTS.toArray(String[]::new))) {
            round(server, 100);
            TestServer.await("it is quiet", () -> server.server.sequences() == 0);
            long objects = Scope.liveObjects();
            long files = Soak.openFiles();
            int threads = Soak.threads();
            long resident = Soak.resident();
            round(server, Soak.times(400, 50_000));
            TestServer.await("it is quiet", () -> server.server.sequences() == 0);
            TestServer.await("nothing native is left", () -> Scope.liveObjects() <= objects);
            assertThat(Soak.openFiles()).isLessThanOrEqualTo(files + 20); // connections of the clients
            assertThat(Soak.threads()).isLessThanOrEqualTo(threads + 20); // pools that had not all begun
            assertThat(Soak.resident()).isLessThan(resident + (200 << 20)); // the Java heap's share of it
        }
    }

    private static void round(TestServer server, int requests) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Seen>> answers = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            String model = VARIANTS.get(i % VARIANTS.size());
            answers.add(pool.submit(() -> ask(server, model, 6)));
        }
        Map<String, String> first = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            Seen answer = answers.get(i).get();
            assertThat(answer.status()).isEqualTo(200);
            String model = VARIANTS.get(i % VARIANTS.size());
            assertThat(answer.text()).isEqualTo(first.computeIfAbsent(model, key -> answer.text()));
        }
        pool.shutdown();
    }

    /** G1 of reliability: adapters that come and go while one of them is asked all the time. */
    @Test
    void manyLoadsAndUnloadsLeaveNothingBehind() throws Exception {
        try (TestServer server = TestServer.start().with("rslora")) {
            String alone = ask(server, "rslora", 12).text();
            comeAndGo(server, 4);
            TestServer.await("it is quiet", () -> server.server.sequences() == 0);
            long objects = Scope.liveObjects();
            long files = Soak.openFiles();
            AtomicInteger asked = new AtomicInteger();
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    assertThat(ask(server, "rslora", 12).text()).isEqualTo(alone);
                    asked.incrementAndGet();
                }
            });
            comeAndGo(server, Soak.times(100, 10_000));
            over.set(true);
            asking.join();
            assertThat(asked.get()).isPositive();
            assertThat(server.server.versionsInMemory()).isEqualTo(1);
            TestServer.await("it is quiet", () -> server.server.sequences() == 0);
            TestServer.await("nothing native is left", () -> Scope.liveObjects() <= objects);
            assertThat(Soak.openFiles()).isLessThanOrEqualTo(files + 5);
        }
    }

    private static void comeAndGo(TestServer server, int times) {
        for (int i = 0; i < times; i++) {
            String variant = VARIANTS.get(i % VARIANTS.size());
            server.server.publish("guest", LetterModel.adapter(variant));
            assertThat(ask(server, "guest", 2).status()).isEqualTo(200);
            server.server.unpublish("guest");
        }
    }
}
