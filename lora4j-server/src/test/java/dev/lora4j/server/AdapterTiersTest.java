package dev.lora4j.server;

import static dev.lora4j.server.TestServer.BASE;
import static dev.lora4j.server.TestServer.completion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters in folders and in memory: who is read when, who leaves, and that nobody else has to wait. */
class AdapterTiersTest {
    private static final List<String> VARIANTS = List.of("", "all-linear", "saved-head", "rslora");

    @TempDir
    Path folder;

    private final List<String> reads = new ArrayList<>();
    private final AtomicInteger reading = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        gate.countDown();
        server.close();
    }

    /** A source that waits at the gate, and notes what it reads. */
    private AdapterSource slow(AdapterSource source) {
        return new AdapterSource() {
            @Override
            public Adapter read(Path path) {
                reading.incrementAndGet();
                synchronized (reads) {
                    reads.add(path.getFileName().toString());
                }
                try {
                    assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                } finally {
                    reading.decrementAndGet();
                }
                return source.read(path);
            }

            @Override
            public long bytes(Path path) {
                return source.bytes(path);
            }
        };
    }

    private Path root() throws IOException {
        Path root = Files.createDirectories(folder.resolve("root"));
        for (int i = 0; i < VARIANTS.size(); i++) {
            copy(VARIANTS.get(i), root.resolve("a" + i));
        }
        return root;
    }

    private static void copy(String variant, Path target) throws IOException {
        Files.createDirectories(target);
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.write(
                    target.resolve(name),
                    Files.readAllBytes(LetterModel.adapter(variant).resolve(name)));
        }
    }

    private static long bytes(Path root, int i) {
        return AdapterFolder.bytes(root.resolve("a" + i));
    }

    private void start(long memory) {
        server.close();
        UnaryOperator<AdapterSource> source = this::slow;
        server = TestServer.start(
                ServerOptions.local(BASE).withLimits(Limits.defaults().withAdapterMemory(memory)), source);
    }

    private String text(String model, int tokens) {
        TestServer.Answer answer = server.post("/v1/completions", completion(model, tokens, ""));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return TestServer.text(answer);
    }

    @Test
    void thoseThatDoNotFitAreReadByTheFirstRequestAndTheLeastRecentlyUsedLeaves() throws IOException {
        Path root = root();
        List<String> expected = new ArrayList<>();
        start(1 << 30);
        server.server.watch(root);
        for (int i = 0; i < 4; i++) {
            expected.add(text("a" + i, 8));
        }
        assertThat(server.figure("lora4j_adapter_evictions_total")).isZero();
        assertThat(expected).doesNotHaveDuplicates();
        reads.clear();

        long most = bytes(root, 0) + bytes(root, 1) + bytes(root, 2); // enough for any one of them
        start(most);
        server.server.watch(root);
        assertThat(reads).containsExactly("a0", "a1", "a2");
        assertThat(server.get("/v1/models").json().path("data")).hasSize(5);
        assertThat(server.get("/v1/models/a3").json().has("digest"))
                .as("it was not read yet")
                .isFalse();
        assertThat(text("a0", 8)).isEqualTo(expected.get(0)); // a1 is now the oldest
        assertThat(text("a3", 8)).isEqualTo(expected.get(3));
        assertThat(reads).containsExactly("a0", "a1", "a2", "a3");
        assertThat(server.get("/v1/models/a3").json().has("digest")).isTrue();
        assertThat(text("a0", 8)).isEqualTo(expected.get(0));
        assertThat(reads).as("a0 stayed").hasSize(4);
        assertThat(text("a1", 8)).isEqualTo(expected.get(1));
        assertThat(reads).as("a1 had left").containsExactly("a0", "a1", "a2", "a3", "a1");
        assertThat(server.figure("lora4j_adapter_memory_bytes")).isLessThanOrEqualTo((double) most);
        assertThat(server.figure("lora4j_adapters_known")).isEqualTo(4);
        assertThat(server.figure("lora4j_adapter_misses_total")).isEqualTo(2);
        assertThat(server.figure("lora4j_adapter_evictions_total")).isPositive();
    }

    @Test
    void aSlowReadHoldsUpNobodyElseAndIsDoneOnceForAllWhoWait() throws Exception {
        Path root = root();
        server.server.publish("a0", root.resolve("a0"));
        String expected = text("a0", 8);
        start(bytes(root, 1) + bytes(root, 2));
        server.server.publish("a0", root.resolve("a0"));
        server.server.publish("a1", root.resolve("a1"));
        server.server.publish("a2", root.resolve("a2")); // a0 leaves
        reads.clear();
        gate = new CountDownLatch(1);
        List<CompletableFuture<String>> cold = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            cold.add(CompletableFuture.supplyAsync(() -> text("a0", 8)));
        }
        TestServer.await("it is being read", () -> reading.get() == 1);
        assertThat(text(BASE, 12)).isEqualTo(LetterModel.ANSWER);
        assertThat(text(BASE, 1500)).startsWith(LetterModel.ANSWER);
        assertThat(server.get("/v1/models").status()).isEqualTo(200);
        assertThat(cold).noneMatch(CompletableFuture::isDone);
        gate.countDown();
        for (CompletableFuture<String> each : cold) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(expected);
        }
        assertThat(reads).containsExactly("a0");
    }

    @Test
    void oneThatIsTooLargeIsRefusedWithTheSizes() throws IOException {
        Path root = root();
        start(bytes(root, 0) - 1);
        assertThatThrownBy(() -> server.server.publish("a0", root.resolve("a0")))
                .isInstanceOf(Lora4jException.class)
                .hasMessageContaining(bytes(root, 0) + " bytes")
                .hasMessageContaining((bytes(root, 0) - 1) + " for adapters (--adapter-memory)");
        server.server.watch(root); // told to the log, the server goes on
        assertThat(server.post("/v1/completions", completion("a0", 1, "")).status())
                .isEqualTo(404);
        assertThat(text(BASE, 12)).isEqualTo(LetterModel.ANSWER);
    }

    @Test
    void whatIsUsedNeverLeavesAndWhoNeedsItsRoomWaits() throws Exception {
        Path root = root();
        start(Math.max(bytes(root, 0), bytes(root, 1)));
        server.server.publish("a0", root.resolve("a0"));
        String alone = text("a0", 1500);
        server.server.publish("a1", root.resolve("a1"));
        CompletableFuture<String> running = CompletableFuture.supplyAsync(() -> text("a0", 1500));
        TestServer.await("it runs", () -> server.server.sequences() == 1);
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> text("a1", 4));
        assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(alone);
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isNotEmpty();
        assertThat(server.server.versionsInMemory()).isEqualTo(1);
    }

    @Test
    void aFolderThatHasChangedSinceItWasReadIsNotTakenForTheSame() throws IOException {
        Path root = root();
        start(bytes(root, 1) + bytes(root, 2));
        server.server.publish("a0", root.resolve("a0"));
        server.server.publish("a1", root.resolve("a1"));
        server.server.publish("a2", root.resolve("a2")); // a0 leaves
        copy("rslora", root.resolve("a0"));
        TestServer.Answer refused = server.post("/v1/completions", completion("a0", 4, ""));
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.error().path("message").asText())
                .contains("other weights")
                .doesNotContain(folder.toString());
        assertThat(text("a1", 4)).isNotEmpty();
        Files.delete(root.resolve("a0").resolve("adapter_model.safetensors"));
        refused = server.post("/v1/completions", completion("a0", 4, ""));
        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.error().path("message").asText())
                .contains("adapter_model.safetensors")
                .doesNotContain(folder.toString());
    }

    /** F3 of reliability: room for two, four in rotation, and each answer that of its adapter. */
    @Test
    void manyInRotationSayWhatTheySayAlone() throws IOException {
        Path root = root();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            server.server.publish("a" + i, root.resolve("a" + i));
            expected.add(text("a" + i, 6));
        }
        start(bytes(root, 1) + bytes(root, 2)); // the two largest
        for (int i = 0; i < 4; i++) {
            server.server.publish("a" + i, root.resolve("a" + i));
        }
        Random random = new Random(3);
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < Soak.times(120, 4_000); i++) {
            int which = random.nextInt(4);
            running.add(CompletableFuture.runAsync(
                    () -> assertThat(text("a" + which, 6)).isEqualTo(expected.get(which))));
        }
        running.forEach(CompletableFuture::join);
        assertThat(server.figure("lora4j_adapter_evictions_total")).isPositive();
        assertThat(server.figure("lora4j_adapter_memory_bytes"))
                .isLessThanOrEqualTo((double) (bytes(root, 1) + bytes(root, 2)));
    }
}
