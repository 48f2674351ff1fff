package dev.lora4j.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterRegistryTest {
    private static final int[] TOKENS = {64, 95, 68, 57, 23, 49};

    @TempDir
    Path folder;

    private Scope scope;
    private LanguageModel model;

    @BeforeEach
    void open() {
        scope = Scope.open();
        model = SmallModel.open();
    }

    @AfterEach
    void close() {
        model.close();
        scope.close();
    }

    /** Ranks, alphas and targets differ from seed to seed. */
    private Adapter adapter(int seed) {
        LoraConfig config = LoraConfig.rank(1 + seed % 4)
                .alpha(4 + seed)
                .rankStabilized(seed % 2 == 1)
                .targets("q_proj", "down_proj")
                .rankPattern(seed % 3 == 0 ? Map.of("layers.1.self_attn.q_proj", 5) : Map.of())
                .alphaPattern(seed % 3 == 1 ? Map.of("down_proj", 1.5) : Map.of());
        Adapter adapter = Adapter.create(model, config, seed);
        try (Scope writing = Scope.open()) {
            adapter.lowRanks()
                    .forEach((path, pair) -> pair.b()
                            .copyFrom(Random.normal(
                                    seed + path.hashCode(), 0.3, pair.b().shape())));
        }
        return adapter;
    }

    private Tensor hidden(Adapter adapter) {
        return model.hidden(
                TokenBatch.of(List.of(TOKENS)), AdapterRouting.of(adapter, TOKENS.length), Tape.inference());
    }

    private Tensor hidden(AdapterRegistry registry, String name) {
        try (AdapterLease lease = registry.lease(name)) {
            return hidden(lease.adapter());
        }
    }

    @Test
    void aReplacedAdapterIsAFreshlyLoadedOneForAnyRanksAndPatterns() {
        try (AdapterRegistry registry = AdapterRegistry.create()) {
            for (int seed = 0; seed < 12; seed++) {
                Adapter made = adapter(seed);
                Path written = folder.resolve("adapter-" + seed);
                AdapterFolder.write(made, "llama", written);
                registry.publish("a", made);
                try (Adapter fresh = AdapterFolder.read(written, model)) {
                    assertThat(hidden(registry, "a").sameBits(hidden(fresh))).isTrue();
                }
            }
        }
    }

    @Test
    void aLeaseKeepsTheVersionItBeganWith() {
        try (AdapterRegistry registry = AdapterRegistry.keeping(0)) {
            AdapterVersion first = registry.publish("a", adapter(1));
            Tensor before;
            try (AdapterLease lease = registry.lease("a")) {
                before = hidden(lease.adapter());
                AdapterVersion second = registry.publish("a", adapter(2));
                assertThat(second.number()).isGreaterThan(first.number());
                assertThat(registry.versions()).containsExactly(second);
                assertThat(registry.versionsInMemory()).isEqualTo(2);
                assertThat(lease.version()).isEqualTo(first);
                assertThat(hidden(lease.adapter()).sameBits(before)).isTrue();
                assertThat(hidden(registry, "a").sameBits(before)).isFalse();
            }
            assertThat(registry.versionsInMemory()).isEqualTo(1);
        }
    }

    @Test
    void thereAndBackGivesTheFirstBitsAgain() {
        try (AdapterRegistry registry = AdapterRegistry.create()) {
            AdapterVersion first = registry.publish("a", adapter(1));
            Tensor before = hidden(registry, "a");
            registry.publish("a", adapter(2));
            assertThat(hidden(registry, "a").sameBits(before)).isFalse();
            assertThat(registry.rollback("a")).isEqualTo(first);
            assertThat(hidden(registry, "a").sameBits(before)).isTrue();
            assertThat(registry.versionsInMemory()).isEqualTo(1);
            assertThatThrownBy(() -> registry.rollback("a"))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("a has no earlier version");
            AdapterVersion third = registry.publish("a", adapter(1));
            assertThat(third.digest()).isEqualTo(first.digest());
            assertThat(third.number()).isGreaterThan(first.number());
        }
    }

    @Test
    void onlySoManyEarlierVersionsStay() {
        try (AdapterRegistry registry = AdapterRegistry.keeping(2)) {
            List<AdapterVersion> versions = new ArrayList<>();
            for (int seed = 0; seed < 5; seed++) {
                versions.add(registry.publish("a", adapter(seed)));
            }
            assertThat(registry.versionsInMemory()).isEqualTo(3);
            assertThat(registry.rollback("a")).isEqualTo(versions.get(3));
            assertThat(registry.rollback("a")).isEqualTo(versions.get(2));
            assertThatThrownBy(() -> registry.rollback("a")).hasMessageContaining("no earlier version");
        }
    }

    @Test
    void aRemovedAdapterIsFreedWhenItsLastLeaseEnds() {
        try (AdapterRegistry registry = AdapterRegistry.create()) {
            registry.publish("other", adapter(3));
            long before = Scope.liveObjects();
            registry.publish("polite", adapter(1));
            AdapterLease one = registry.lease("polite");
            AdapterLease two = registry.lease("polite");
            registry.remove("polite");
            assertThatThrownBy(() -> registry.lease("polite")).hasMessageContaining("there is no adapter polite");
            try (Scope using = Scope.open()) {
                assertThat(hidden(one.adapter()).isFinite()).isTrue();
            }
            one.close();
            one.close();
            assertThat(Scope.liveObjects()).isGreaterThan(before);
            two.close();
            assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
            assertThat(registry.versionsInMemory()).isEqualTo(1);
            assertThatThrownBy(one::adapter).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> registry.remove("othr")).hasMessageContaining("did you mean other");
        }
    }

    @Test
    void closingTheRegistryWaitsForNoLease() {
        AdapterRegistry registry = AdapterRegistry.create();
        registry.publish("a", adapter(1));
        AdapterLease lease = registry.lease("a");
        registry.close();
        registry.close();
        assertThat(hidden(lease.adapter()).isFinite()).isTrue();
        lease.close();
        assertThat(registry.versionsInMemory()).isZero();
        try (Adapter late = adapter(2)) {
            assertThatThrownBy(() -> registry.publish("a", late)).hasMessageContaining("is closed");
        }
    }

    /** Every answer is that of the version its lease names, and in the end nothing is in memory. */
    @Test
    void manyThreadsSeeOneVersionOrTheOtherAndNeverAMix() throws Exception {
        int kinds = 6;
        Map<String, float[]> expected = new ConcurrentHashMap<>();
        for (int seed = 0; seed < kinds; seed++) {
            try (Scope each = Scope.open();
                    Adapter adapter = adapter(seed)) {
                expected.put(adapter.digest(), hidden(adapter).toFloats());
            }
        }
        long before = Scope.liveObjects();
        AdapterRegistry registry = AdapterRegistry.create();
        registry.publish("a", adapter(0));
        registry.publish("b", adapter(1));
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(10);
        List<Future<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = i % 2 == 0 ? "a" : "b";
            readers.add(threads.submit(() -> read(registry, name, expected, stop)));
        }
        List<Future<?>> writers = List.of(
                threads.submit(() -> change(registry, "a", kinds)), threads.submit(() -> change(registry, "b", kinds)));
        for (Future<?> writer : writers) {
            writer.get(120, TimeUnit.SECONDS);
        }
        stop.set(true);
        assertThat(sum(readers)).isGreaterThan(8);
        threads.shutdown();
        assertThat(registry.versionsInMemory()).isBetween(2L, 4L);
        registry.close();
        assertThat(registry.versionsInMemory()).isZero();
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
    }

    private static int sum(List<Future<Integer>> counts) throws InterruptedException, ExecutionException {
        int sum = 0;
        for (Future<Integer> count : counts) {
            sum += count.get();
        }
        return sum;
    }

    private int read(AdapterRegistry registry, String name, Map<String, float[]> expected, AtomicBoolean stop) {
        int answers = 0;
        while (!stop.get() || answers == 0) {
            try (Scope answering = Scope.open();
                    AdapterLease lease = registry.lease(name)) {
                float[] right =
                        Objects.requireNonNull(expected.get(lease.version().digest()));
                assertThat(hidden(lease.adapter()).toFloats()).isEqualTo(right);
                assertThat(lease.version().name()).isEqualTo(name);
                answers++;
            }
        }
        return answers;
    }

    private void change(AdapterRegistry registry, String name, int kinds) {
        for (int i = 0; i < 150; i++) {
            registry.publish(name, adapter(i % kinds));
            if (i % 5 == 4) {
                registry.rollback(name);
            }
        }
    }

    /** An adapter without frozen pairs takes 4 bytes a trained value. */
    @Test
    void itTellsTheBytesInMemoryAndForgetsEarlierVersions() {
        try (AdapterRegistry registry = AdapterRegistry.create()) {
            Adapter first = adapter(1);
            Adapter second = adapter(2);
            long ofFirst = 4 * first.parameters();
            long ofSecond = 4 * second.parameters();
            registry.publish("a", first);
            assertThat(registry.bytesInMemory()).isEqualTo(ofFirst);
            assertThat(registry.forgetEarlier("a")).isFalse();
            registry.publish("a", second);
            assertThat(registry.bytesInMemory()).isEqualTo(ofFirst + ofSecond);
            try (AdapterLease lease = registry.lease("a")) {
                assertThat(registry.forgetEarlier("a")).isTrue();
                assertThat(registry.forgetEarlier("nobody")).isFalse();
                assertThat(registry.bytesInMemory()).isEqualTo(ofSecond);
                assertThatThrownBy(() -> registry.rollback("a")).isInstanceOf(AdapterException.class);
                registry.remove("a");
                assertThat(registry.version("a")).isEmpty();
                assertThat(registry.bytesInMemory()).as("it is leased").isEqualTo(ofSecond);
                assertThat(lease.version().digest()).isEqualTo(second.digest());
            }
            assertThat(registry.bytesInMemory()).isZero();
        }
    }
}
