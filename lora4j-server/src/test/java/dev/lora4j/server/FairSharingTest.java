package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who floods the waiting line starves nobody. */
class FairSharingTest {
    private static final int CACHE = 400;
    private static final Limits LIMITS = Limits.defaults().withEngine(8, 10_000, CACHE, CACHE);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final AtomicInteger released = new AtomicInteger();
    private int submitted;

    private Work work(String key, String model, int prompt, int newTokens) {
        return new Work(
                0,
                model,
                new Prompt(new int[prompt], Optional.empty()),
                Optional.of(GenerationSettings.greedy(newTokens)),
                OptionalInt.empty(),
                false,
                new Reply(1, 10, released::incrementAndGet),
                submitted++,
                new WorkOrigin(key, Quota.NONE));
    }

    /** An engine without a model: every running sequence says a token in each step. */
    private final class Simulation {
        final WaitingLine line = new WaitingLine(LIMITS.queued());
        final Room room = new Room(LIMITS);
        final Map<Work, Integer> running = new HashMap<>(); // tokens that are still to come; some end early
        final Map<String, Long> served = new HashMap<>(); // by key, and by key and model
        final Map<String, Integer> waiting = new HashMap<>(); // by key and model
        final Random random;

        Simulation(long seed) {
            random = new Random(seed);
        }

        /** Keeps so many of one key and model in line. */
        void fill(String key, String model, int count) {
            while (waiting.getOrDefault(key + model, 0) < count) {
                Work work = work(key, model, 1 + random.nextInt(100), 1 + random.nextInt(100));
                line.enter(List.of(work), SOON);
                waiting.merge(key + model, 1, Integer::sum);
            }
        }

        void step() {
            Optional<Work> next = line.next(room::fits);
            while (next.isPresent()) {
                Work work = next.get();
                waiting.merge(work.origin().key() + work.model(), -1, Integer::sum);
                room.enters(work);
                line.begins(work, Duration.ZERO);
                int found = random.nextInt(work.prompt().length()); // read for an earlier one: costs nothing
                line.found(work, found);
                serve(work, (long) WaitingLine.READ * (work.prompt().length() - found));
                int most = work.settings().orElseThrow().maxNewTokens();
                running.put(work, random.nextBoolean() ? most : 1 + random.nextInt(most));
                next = line.next(room::fits);
            }
            for (Work work : List.copyOf(running.keySet())) {
                line.token(work, false, Duration.ZERO);
                serve(work, WaitingLine.SAID);
                if (running.merge(work, -1, Integer::sum) == 0) {
                    running.remove(work);
                    room.leaves(work, 1);
                }
            }
        }

        private void serve(Work work, long cost) {
            served.merge(work.origin().key(), cost, Long::sum);
            served.merge(work.origin().key() + work.model(), cost, Long::sum);
        }

        long lead(String one, String other) {
            return served.getOrDefault(one, 0L) - served.getOrDefault(other, 0L);
        }
    }

    /**
     * The bound of Sheng and others (theorem 4.4): over any span in which both wait, what two were served differs by at most
     * 2U, where U is what one of them can have in the engine, here all of its cache at the dearer cost.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whoWaitsIsServedAsMuchAsWhoFloods(long seed) {
        Simulation simulation = new Simulation(seed);
        List<String> pairs = List.of("flood modest", "modest1 modest2");
        Map<String, long[]> leads = new HashMap<>(); // least and most
        for (int step = 0; step < 20_000; step++) {
            simulation.fill("flood", "1", 50);
            simulation.fill("modest", "1", 10); // more than can run, so it never stops waiting
            simulation.fill("modest", "2", 20);
            if (simulation.random.nextInt(100) == 0) {
                simulation.fill("visitor" + simulation.random.nextInt(5), "1", simulation.random.nextInt(30));
            }
            simulation.step();
            for (String pair : pairs) {
                List<String> two = List.of(pair.split(" ", -1));
                long lead = simulation.lead(two.get(0), two.get(1));
                long[] range = leads.computeIfAbsent(pair, name -> new long[] {lead, lead});
                range[0] = Math.min(range[0], lead);
                range[1] = Math.max(range[1], lead);
            }
        }
        long bound = 2L * WaitingLine.SAID * CACHE;
        leads.forEach((pair, range) ->
                assertThat(range[1] - range[0]).as("%s, seed %d", pair, seed).isLessThanOrEqualTo(bound));
        assertThat(simulation.served.getOrDefault("modest", 0L)).isGreaterThan(10 * bound);
    }

    @Test
    void whoWasIdleHasSavedUpNothing() {
        ServedTokens served = new ServedTokens();
        served.arrives("a", Set.of());
        served.serve("a", 1000);
        served.arrives("b", Set.of("a"));
        served.serve("b", 1);
        assertThat(served.least(List.of("b", "a"))).isEqualTo("a");
        served.leaves("a");
        served.leaves("b");
        served.arrives("c", Set.of()); // nobody waits: it begins where the last one left
        served.arrives("a", Set.of("c"));
        assertThat(served.least(List.of("a", "c"))).isEqualTo("a");
    }

    @Test
    void theOneWhoseTurnItIsIsNotOvertakenByOneThatFits() {
        WaitingLine line = new WaitingLine(10);
        Work big = work("a", "m", 300, 50);
        Work small = work("b", "m", 1, 1);
        line.enter(List.of(big), SOON);
        line.enter(List.of(small), SOON);
        assertThat(line.next(each -> each.equals(small))).isEmpty();
        assertThat(line.next(each -> true)).containsSame(big);
    }

    @Test
    void aFullLineGivesPlacesOfWhoHasMostToWhoHasFewer() throws InterruptedException {
        WaitingLine line = new WaitingLine(4);
        List<Work> flood = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            flood.add(work("a", i < 3 ? "m" : "n", 1, 1));
            line.enter(List.of(flood.get(i)), SOON);
        }
        assertThatThrownBy(() -> line.enter(List.of(work("a", "m", 1, 1)), SOON))
                .isInstanceOf(ApiError.class);
        line.enter(List.of(work("b", "m", 1, 1)), SOON); // for the fourth
        line.enter(List.of(work("b", "m", 1, 1)), SOON); // for the third
        for (int i = 0; i < 4; i++) {
            Optional<Event> event = flood.get(i).reply().next(Duration.ZERO);
            assertThat(event.isPresent()).as("number %d is told", i).isEqualTo(i >= 2);
        }
        assertThat(released).as("they hold nothing").hasValue(2);
        assertThatThrownBy(() -> line.enter(List.of(work("b", "m", 1, 1)), SOON))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(429));
        assertThat(line.size()).isEqualTo(4);
        line.enter(List.of(work("c", "m", 1, 1)), SOON);
        assertThat(line.size()).isEqualTo(4);
    }

    @Test
    void aFullLineIsSharedAmongTheModelsOfAKeyToo() {
        WaitingLine line = new WaitingLine(3);
        line.enter(List.of(work("a", "m", 1, 1), work("a", "m", 1, 1), work("a", "m", 1, 1)), SOON);
        Work other = work("a", "n", 1, 1);
        line.enter(List.of(other), SOON);
        assertThat(line.clear()).hasSize(3).contains(other);
    }

    @Test
    void theEngineServesAnotherKeyAndAnotherModelLongBeforeAFloodEnds() throws InterruptedException {
        List<String> ended = new ArrayList<>();
        EngineObserver order = new EngineObserver() {
            @Override
            public void ends(Work work, int newTokens, String reason) {
                ended.add(work.origin().key() + work.model());
            }
        };
        try (LetterModel letters = LetterModel.open();
                Engine engine = new Engine(
                        letters.model(),
                        letters.tokenizer(),
                        Limits.defaults().withEngine(1, 64, 100, 100),
                        order,
                        false)) {
            for (int i = 0; i < 30; i++) {
                engine.submit(List.of(work("flood", "m", 5, 10)));
            }
            engine.submit(List.of(work("other", "m", 5, 10)));
            engine.submit(List.of(work("flood", "n", 5, 10)));
            engine.start();
            TestServer.await("all are done", () -> released.get() == 32);
        }
        assertThat(ended.indexOf("otherm")).isBetween(0, 2);
        assertThat(ended.indexOf("floodn")).isBetween(0, 4);
    }
}
