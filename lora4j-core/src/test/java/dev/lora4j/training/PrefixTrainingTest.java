package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.LayerFilter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training over a frozen prefix that is kept equals training without. */
class PrefixTrainingTest {
    /** Of 13 rows, 3 a step: 5 steps an epoch. */
    private static final Dataset ROWS = TinyRun.rows(13, 4);

    private static final int BYTES_PER_TOKEN = 32 * Float.BYTES;

    @TempDir
    private Path folder;

    private record Outcome(String digest, List<Double> losses, List<Double> evaluations) {
        static Outcome of(Adapter adapter, TrainingReport report) {
            return new Outcome(
                    adapter.digest(),
                    report.steps().stream().map(StepRecord::loss).toList(),
                    report.evaluations().stream().map(EvaluationRecord::loss).toList());
        }
    }

    private static TrainingConfig.Builder config() {
        return TinyRun.config().maxSteps(15).learningRate(1e-3).microBatchTokens(20);
    }

    private static TrainingTask task(Adapter adapter, TrainingConfig config) {
        return TrainingTask.of("run", adapter, ROWS, config).validatedOn(TinyRun.rows(7, 50));
    }

    private static Outcome train(TrainingConfig config) {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.upperAdapter(model, 0.2, 3)) {
            return Outcome.of(
                    adapter, Trainer.of(model, task(adapter, config)).train().get(0));
        }
    }

    private static void assertClose(List<Double> found, List<Double> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).as("loss %d", i).isCloseTo(expected.get(i), within(1e-6 * expected.get(i)));
        }
    }

    @Test
    void theFirstEpochHasTheBitsOfARunWithoutACacheAndLaterOnesItsLosses() {
        Outcome without = train(config().prefixCache(0).build());
        Outcome with = train(config().build());
        assertThat(with.losses().subList(0, 5)).isEqualTo(without.losses().subList(0, 5));
        assertClose(with.losses(), without.losses());
        assertClose(with.evaluations(), without.evaluations());
        assertThat(with.evaluations()).hasSize(3);
    }

    @Test
    void withoutShufflingEveryBitIsThatOfARunWithoutACache() {
        Outcome without = train(config().shuffle(false).prefixCache(0).build());
        assertThat(train(config().shuffle(false).build())).isEqualTo(without);
        assertThat(train(config().shuffle(false).recompute(true).build()).digest())
                .isEqualTo(train(config().shuffle(false)
                                .recompute(true)
                                .prefixCache(0)
                                .build())
                        .digest());
    }

    @Test
    void keepingSomeRowsOnlyChangesNoLoss() {
        Outcome without = train(config().prefixCache(0).build());
        for (int tokens : new int[] {1, 30, 75}) {
            Outcome some =
                    train(config().prefixCache((long) tokens * BYTES_PER_TOKEN).build());
            assertClose(some.losses(), without.losses());
            assertClose(some.evaluations(), without.evaluations());
        }
    }

    @Test
    void whatIsKeptStaysWithinTheBound() {
        List<List<Example>> groups = new ArrayList<>();
        ROWS.examples().forEach(row -> groups.add(List.of(row)));
        long all = ROWS.examples().stream().mapToLong(Example::length).sum();
        for (long room = 0; room <= all; room++) {
            long kept = PrefixPlan.fitting(groups, room).stream()
                    .mapToLong(group -> group.get(0).length())
                    .sum();
            assertThat(kept).isLessThanOrEqualTo(room).isGreaterThan(room - 15); // no row is longer than 14
        }
        assertThat(PrefixPlan.fitting(groups, all)).isEqualTo(groups);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5, 7, 11})
    void aResumedRunContinuesTheSameCurveBitForBit(int stop) throws IOException {
        for (int tokens : new int[] {1000, 40}) {
            TrainingConfig config = config().saveSteps(4)
                    .prefixCache((long) tokens * BYTES_PER_TOKEN)
                    .build();
            Outcome whole = saved("whole-" + tokens, config, -1);
            Outcome first = saved("stopped-" + tokens, config, stop);
            Path leftOver = folder.resolve("stopped-" + tokens).resolve(PrefixPlan.FILE);
            assertThat(leftOver).doesNotExist();
            Files.writeString(leftOver, "of a process that was killed");
            Outcome rest = saved("stopped-" + tokens, config, -1);
            assertThat(rest.digest()).isEqualTo(whole.digest());
            List<Double> losses = new ArrayList<>(first.losses());
            losses.addAll(rest.losses());
            assertThat(losses).isEqualTo(whole.losses());
            assertThat(leftOver).doesNotExist();
        }
    }

    /** Trains in a folder from its newest checkpoint on, to a step or to the end. */
    private Outcome saved(String name, TrainingConfig config, long stop) {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.upperAdapter(model, 0.2, 3)) {
            TrainingTask task =
                    task(adapter, config).savedTo(folder.resolve(name)).resumed();
            Trainer trainer = Trainer.of(model, task);
            TrainingReport report =
                    trainer.train(new StopAt(trainer, "run", stop)).get(0);
            return Outcome.of(adapter, report);
        }
    }

    private record StopAt(Trainer trainer, String name, long step) implements TrainingListener {
        @Override
        public void stepped(TrainingTask task, StepRecord record) {
            if (record.step() == step && task.name().equals(name)) {
                trainer.requestStop();
            }
        }
    }

    @Test
    void aCacheInAFileGivesTheBitsOfOneInMemory() {
        assertThat(saved("file", config().build(), -1)).isEqualTo(train(config().build()));
    }

    @Test
    void severalAdaptersEachEqualTheirSoloRunsAndResumeBitForBit() {
        List<Outcome> together = several("whole", -1);
        for (int i = 0; i < 3; i++) {
            try (Scope scope = Scope.open();
                    LanguageModel model = TinyRun.model();
                    Adapter adapter = TinyRun.upperAdapter(model, 0.1 * i, i)) {
                TrainingTask task = TrainingTask.of("run", adapter, TinyRun.rows(11 + i, i), ofSeveral(i));
                TrainingReport solo = Trainer.of(model, task).train().get(0);
                assertClose(
                        together.get(i).losses(),
                        solo.steps().stream().map(StepRecord::loss).toList());
            }
        }
        several("stopped", 6);
        List<Outcome> resumed = several("stopped", -1);
        assertThat(resumed.stream().map(Outcome::digest).toList())
                .isEqualTo(together.stream().map(Outcome::digest).toList());
    }

    /** Other epochs, batches and ends; the last keeps nothing. */
    private static TrainingConfig ofSeveral(int i) {
        return config().batchSize(2 + i)
                .maxSteps(8 + 3 * i)
                .prefixCache(i == 2 ? 0 : 1_000_000)
                .build();
    }

    private List<Outcome> several(String name, long stop) {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter first = TinyRun.upperAdapter(model, 0, 0);
                Adapter second = TinyRun.upperAdapter(model, 0.1, 1);
                Adapter third = TinyRun.upperAdapter(model, 0.2, 2)) {
            List<Adapter> adapters = List.of(first, second, third);
            List<TrainingTask> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(TrainingTask.of("run " + i, adapters.get(i), TinyRun.rows(11 + i, i), ofSeveral(i))
                        .savedTo(folder.resolve(name).resolve("" + i))
                        .resumed());
            }
            Trainer trainer = Trainer.of(model, tasks);
            List<TrainingReport> reports = trainer.train(new StopAt(trainer, "run 2", stop));
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                outcomes.add(Outcome.of(adapters.get(i), reports.get(i)));
            }
            return outcomes;
        }
    }

    @Test
    void aClassifierOverBertEqualsOneWithoutACache() throws URISyntaxException {
        Path bert = Path.of(Objects.requireNonNull(PrefixTrainingTest.class.getResource("/golden/bert-classify"))
                .toURI());
        List<Outcome> outcomes = new ArrayList<>();
        for (long bytes : new long[] {0, 1_000_000}) {
            LoraConfig config =
                    LoraConfig.rank(4).targets("query", "value").layers(new LayerFilter(List.of(1), List.of()));
            try (Scope scope = Scope.open();
                    LanguageModel model =
                            LanguageModel.load(HuggingFaceFolder.open(bert), ModelTask.SEQ_CLS, Device.CPU);
                    Adapter adapter = Adapter.createClassifier(model, config, List.of("a", "b", "c"), 3)) {
                assertThat(model.blocksBelow(adapter::changes)).isEqualTo(1);
                TrainingTask task = TrainingTask.of(
                                "run",
                                adapter,
                                pairs(11),
                                config().prefixCache(bytes).build())
                        .validatedOn(pairs(5));
                outcomes.add(Outcome.of(adapter, Trainer.of(model, task).train().get(0)));
            }
        }
        assertThat(outcomes.get(1).losses().subList(0, 4))
                .isEqualTo(outcomes.get(0).losses().subList(0, 4));
        assertClose(outcomes.get(1).losses(), outcomes.get(0).losses());
        assertClose(outcomes.get(1).evaluations(), outcomes.get(0).evaluations());
    }

    private static Dataset pairs(int count) {
        Random random = new Random(count);
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] tokens = random.ints(3 + random.nextInt(9), 1, 60).toArray();
            int[] types = new int[tokens.length];
            types[tokens.length - 1] = 1;
            rows.add(Example.classification(tokens, types, i % 3, new RowOrigin("pairs", i + 1L)));
        }
        return Dataset.of(rows);
    }

    @Test
    void nothingIsKeptWhereNothingIsFrozenOrNoRowComesTwice() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter everywhere = TinyRun.adapter(model, 0, 1);
                Adapter upper = TinyRun.upperAdapter(model, 0, 1)) {
            TrainingConfig oneEpoch = config().maxSteps(5).build();
            assertThat(keeps(model, task(upper, config().build()))).isTrue();
            assertThat(keeps(model, task(everywhere, config().build()))).isFalse();
            assertThat(keeps(model, task(upper, config().prefixCache(0).build())))
                    .isFalse();
            assertThat(keeps(model, task(upper, oneEpoch))).isFalse();
            assertThat(keeps(
                            model,
                            task(upper, config().maxSteps(5).evaluationSteps(2).build())))
                    .isTrue(); // the validation rows come three times
            assertThat(keeps(model, task(upper, config().build()), task(everywhere, config().build())))
                    .isFalse();
        }
    }

    private static boolean keeps(LanguageModel model, TrainingTask... tasks) {
        List<TrainingRun> runs = new ArrayList<>();
        try {
            for (TrainingTask task : tasks) {
                runs.add(new TrainingRun(task));
            }
            PrefixPlan.apply(model, runs, Pace.FULL);
            return runs.stream().anyMatch(run -> run.prefix().isPresent());
        } finally {
            runs.forEach(TrainingRun::close);
        }
    }

    @Test
    void nativeObjectsAreFlatOverTwoHundredSteps() {
        List<Long> counts = new ArrayList<>();
        try (LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.upperAdapter(model, 0.1, 1)) {
            TrainingConfig config = config().maxSteps(220).build();
            Trainer.of(model, task(adapter, config).savedTo(folder)).train(new TrainingListener() {
                @Override
                public void stepped(TrainingTask task, StepRecord record) {
                    counts.add(Scope.liveObjects());
                }
            });
        }
        assertThat(counts.get(219)).isPositive().isLessThanOrEqualTo(counts.get(19));
    }
}
