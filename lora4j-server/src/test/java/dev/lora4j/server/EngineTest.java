package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.generation.FinishReason;
import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.ScoreShifts;
import dev.lora4j.generation.TokenListener;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine by itself: what is submitted before it starts runs together from the first step on. */
class EngineTest {
    private static final int[] PROMPT = {32, 11, 55, 26, 53, 15, 46};
    private static final int[] ANSWER = {17, 73, 47, 1, 66, 90, 37, 77, 66, 91, 66, 69}; // transformers'
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final LetterModel letters = LetterModel.open();
    private final List<Adapter> adapters = new ArrayList<>();
    private final AtomicInteger released = new AtomicInteger();
    private Engine engine = engine(Limits.defaults(), EngineObserver.NONE);

    @AfterEach
    void close() {
        engine.close();
        adapters.forEach(Adapter::close);
        letters.close();
    }

    private Engine engine(Limits limits, EngineObserver observer) {
        return new Engine(letters.model(), letters.tokenizer(), limits, observer, false);
    }

    private Adapter adapter(Path from) {
        Adapter adapter = AdapterFolder.read(from, letters.model());
        adapters.add(adapter);
        return adapter;
    }

    private Reply reply(int sequences) {
        return new Reply(sequences, 10_000, released::incrementAndGet);
    }

    private static Work work(int choice, Prompt prompt, GenerationSettings settings, Reply reply) {
        return new Work(
                choice, "m", prompt, Optional.of(settings), OptionalInt.empty(), false, reply, System.nanoTime());
    }

    private Reply submit(Prompt prompt, GenerationSettings settings) {
        Reply reply = reply(1);
        engine.submit(List.of(work(0, prompt, settings, reply)));
        return reply;
    }

    private static List<Event> all(Reply reply) throws InterruptedException {
        List<Event> events = new ArrayList<>();
        while (true) {
            Event event = reply.next(SOON).orElseThrow(() -> new AssertionError("nothing more came after " + events));
            events.add(event);
            if (event instanceof Event.Ended || event instanceof Event.Failed) {
                return events;
            }
        }
    }

    private static int[] tokens(List<Event> events) {
        return events.stream()
                .filter(Event.Token.class::isInstance)
                .mapToInt(event -> ((Event.Token) event).id())
                .toArray();
    }

    private int[] alone(Prompt prompt, GenerationSettings settings) {
        try (GenerationBatch batch = GenerationBatch.of(letters.model())) {
            List<Integer> heard = new ArrayList<>();
            TokenListener listener = heard::add;
            batch.add(prompt, settings.withStopTokens(letters.tokenizer().stopIds()), listener);
            while (!batch.isEmpty()) {
                batch.step();
            }
            return heard.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    @Test
    void everyRequestOfAMixedBatchGetsTheTokensThatItGetsAlone() throws InterruptedException {
        Prompt base = Prompt.of(PROMPT);
        Prompt other = Prompt.of(64, 95, 68, 57, 23, 49, 59, 61, 60, 41, 12);
        List<Prompt> prompts = List.of(
                base,
                base.with(adapter(LetterModel.adapter(""))),
                other.with(adapter(LetterModel.adapter("all-linear"))),
                base.with(adapter(LetterModel.adapter("saved-head"))),
                other,
                base);
        List<GenerationSettings> settings = List.of(
                GenerationSettings.greedy(12),
                GenerationSettings.greedy(40),
                GenerationSettings.sampled(60, 7).withTopP(0.9),
                GenerationSettings.sampled(25, 8).withTopK(5).withTemperature(0.7),
                GenerationSettings.greedy(30).withShifts(new ScoreShifts(1.5, 0.5, Map.of(5, 3.0))),
                GenerationSettings.sampled(35, 9).withMinP(0.05).withRepetitionPenalty(1.3));
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            replies.add(submit(prompts.get(i), settings.get(i)));
        }
        engine.start();
        for (int i = 0; i < prompts.size(); i++) {
            int[] together = tokens(all(replies.get(i)));
            assertThat(together).as("request %d", i).containsExactly(alone(prompts.get(i), settings.get(i)));
            if (i == 0) {
                assertThat(together).containsExactly(ANSWER);
            }
        }
    }

    @Test
    void aRequestThatComesLaterChangesNothingForTheOthers() throws InterruptedException {
        Reply first = submit(Prompt.of(PROMPT), GenerationSettings.greedy(200));
        engine.start();
        List<Reply> later = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Thread.sleep(5);
            later.add(submit(Prompt.of(PROMPT), GenerationSettings.greedy(12)));
        }
        for (Reply each : later) {
            assertThat(tokens(all(each))).containsExactly(ANSWER);
        }
        assertThat(tokens(all(first))).containsExactly(alone(Prompt.of(PROMPT), GenerationSettings.greedy(200)));
    }

    /** A finite adapter whose logits overflow: every one is infinite. */
    private Adapter overflowing() throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), """
                {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 1, "lora_alpha": 1e30,
                 "base_model_name_or_path": "llama", "target_modules": ["lm_head"]}
                """);
        float[] a = new float[32];
        float[] b = new float[96];
        Arrays.fill(a, 1e20f);
        Arrays.fill(b, 3e38f);
        SafetensorsWriter.write(
                folder.resolve("adapter_model.safetensors"),
                List.of(
                        TensorContent.floats("base_model.model.lm_head.lora_A.weight", List.of(1L, 32L), a),
                        TensorContent.floats("base_model.model.lm_head.lora_B.weight", List.of(96L, 1L), b)));
        return adapter(folder);
    }

    @Test
    void aSequenceWithoutNumbersFailsAlone() throws IOException, InterruptedException {
        Reply healthy = submit(Prompt.of(PROMPT), GenerationSettings.greedy(12));
        Reply broken = submit(Prompt.of(PROMPT).with(overflowing()), GenerationSettings.greedy(12));
        Reply other = submit(Prompt.of(PROMPT), GenerationSettings.greedy(12));
        engine.start();
        List<Event> events = all(broken);
        assertThat(events).hasSize(1);
        ApiError error = ((Event.Failed) events.get(0)).error();
        assertThat(error.status()).isEqualTo(500);
        assertThat(error).hasMessageContaining("NaN or infinite");
        assertThat(tokens(all(healthy))).containsExactly(ANSWER);
        assertThat(tokens(all(other))).containsExactly(ANSWER);
    }

    @Test
    void aStepThatThrowsEndsItsSequencesAndTheEngineGoesOn() throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        engine.close();
        engine = engine(Limits.defaults(), new EngineObserver() {
            @Override
            public void token(Work work, boolean first, Duration since) {
                if (count.incrementAndGet() == 3) {
                    throw new IllegalStateException("out of luck");
                }
            }
        });
        long before = Scope.liveObjects();
        Reply first = submit(Prompt.of(PROMPT), GenerationSettings.greedy(12));
        Reply second = submit(Prompt.of(PROMPT), GenerationSettings.greedy(12));
        engine.start();
        for (Reply each : List.of(first, second)) {
            List<Event> events = all(each);
            Event last = events.get(events.size() - 1);
            assertThat(((Event.Failed) last).error().status()).isEqualTo(500);
        }
        assertThat(tokens(all(submit(Prompt.of(PROMPT), GenerationSettings.greedy(12)))))
                .containsExactly(ANSWER);
        assertThat(engine.isReady()).isTrue();
        TestServer.await("all are released", () -> released.get() == 3);
        engine.close();
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
    }

    @Test
    void aCancelledSequenceIsGoneByTheNextStep() throws InterruptedException {
        AtomicInteger steps = new AtomicInteger();
        engine.close();
        Reply reply = reply(1);
        engine = engine(Limits.defaults(), new EngineObserver() {
            @Override
            public void step(Duration took, int sequences) {
                if (steps.incrementAndGet() == 5) {
                    reply.cancel();
                }
            }
        });
        engine.submit(List.of(work(0, Prompt.of(PROMPT), GenerationSettings.greedy(4000), reply)));
        engine.start();
        TestServer.await("it is released", () -> released.get() == 1);
        assertThat(engine.running()).isZero();
        assertThat(steps).hasValue(5);
    }

    @Test
    void aClientThatDoesNotReadIsCancelled() throws InterruptedException {
        Reply reply = new Reply(1, 10, released::incrementAndGet);
        engine.submit(List.of(work(0, Prompt.of(PROMPT), GenerationSettings.greedy(4000), reply)));
        engine.start();
        TestServer.await("it is released", () -> released.get() == 1);
        assertThat(reply.isCancelled()).isTrue();
        assertThat(engine.running()).isZero();
    }

    @Test
    void aFullQueueRefusesARequestAsAWhole() {
        engine.close();
        engine = engine(Limits.defaults().withEngine(1, 4, 4096, 4096), EngineObserver.NONE);
        GenerationSettings settings = GenerationSettings.greedy(1);
        for (int i = 0; i < 3; i++) {
            submit(Prompt.of(PROMPT), settings);
        }
        Reply two = reply(2);
        Work first = work(0, Prompt.of(PROMPT), settings, two);
        Work second = work(1, Prompt.of(PROMPT), settings, two);
        assertThatThrownBy(() -> engine.submit(List.of(first, second)))
                .isInstanceOfSatisfying(ApiError.class, error -> {
                    assertThat(error.status()).isEqualTo(429);
                    assertThat(error.retryAfterSeconds().orElse(0L)).isBetween(1L, 60L);
                });
        assertThat(engine.queued()).isEqualTo(3);
        engine.submit(List.of(first));
        assertThatThrownBy(() -> engine.submit(List.of(second))).isInstanceOf(ApiError.class);
        two.cancel();
        engine.submit(List.of(work(0, Prompt.of(PROMPT), settings, reply(1)))); // the cancelled one makes room
        assertThat(engine.queued()).isEqualTo(4);
    }

    @Test
    void sequencesRunOnlyWhileTheirCachesHaveRoom() throws InterruptedException {
        AtomicInteger most = new AtomicInteger();
        engine.close();
        engine = engine(Limits.defaults().withEngine(16, 64, 100, 100), new EngineObserver() {
            @Override
            public void step(Duration took, int sequences) {
                most.accumulateAndGet(sequences, Math::max);
            }
        });
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            replies.add(submit(Prompt.of(PROMPT), GenerationSettings.greedy(33))); // 40 tokens each
        }
        engine.start();
        for (Reply reply : replies) {
            assertThat(tokens(all(reply))).startsWith(ANSWER).hasSize(33);
        }
        assertThat(most).hasValueLessThanOrEqualTo(2);
    }

    @Test
    void aDrainFinishesWhatItHasTakenAndTakesNoMore() throws InterruptedException {
        Reply running = submit(Prompt.of(PROMPT), GenerationSettings.greedy(300));
        engine.start();
        assertThat(engine.drain(SOON)).isTrue();
        assertThat(tokens(all(running))).hasSize(300);
        assertThat(engine.isReady()).isFalse();
        assertThatThrownBy(() -> submit(Prompt.of(PROMPT), GenerationSettings.greedy(1)))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(503));
    }

    @Test
    void whatStillRunsWhenItClosesIsTold() throws InterruptedException {
        Reply running = submit(Prompt.of(PROMPT), GenerationSettings.greedy(4000));
        engine.start();
        assertThat(running.next(SOON)).isPresent();
        assertThat(engine.drain(Duration.ofMillis(1))).isFalse();
        engine.close();
        List<Event> events = all(running);
        Event last = events.get(events.size() - 1);
        assertThat(((Event.Failed) last).error().status()).isEqualTo(503);
        assertThat(released).hasValue(1);
    }

    @Test
    void thePromptAloneCanBeScored() throws InterruptedException {
        Reply reply = reply(1);
        engine.submit(List.of(new Work(
                0, "m", Prompt.of(PROMPT), Optional.empty(), OptionalInt.of(1), true, reply, System.nanoTime())));
        engine.start();
        List<Event> events = all(reply);
        assertThat(((Event.PromptScored) events.get(0)).scores()).hasSize(6);
        assertThat(events.get(1)).isEqualTo(new Event.Ended(0, FinishReason.LENGTH, 0, 0));
    }
}
