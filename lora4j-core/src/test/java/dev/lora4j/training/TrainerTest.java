package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.Targets;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainerTest {
    private static TrainingReport train(LanguageModel model, Adapter adapter, Dataset rows, TrainingConfig config) {
        return Trainer.of(model, TrainingTask.of("run", adapter, rows, config))
                .train()
                .get(0);
    }

    private static void assertClose(Adapter found, Adapter expected, double tolerance) {
        found.tensors().forEach((name, tensor) -> {
            float[] ours = tensor.toFloats();
            float[] theirs =
                    Objects.requireNonNull(expected.tensors().get(name)).toFloats();
            for (int i = 0; i < ours.length; i++) {
                assertThat(ours[i]).as("%s, element %d", name, i).isCloseTo(theirs[i], within((float) tolerance));
            }
        });
    }

    @Test
    void adaptersTrainedAtOnceEqualTheirSoloRuns() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model()) {
            List<Adapter> together = new ArrayList<>();
            List<Adapter> alone = new ArrayList<>();
            List<TrainingTask> tasks = new ArrayList<>();
            List<TrainingReport> solo = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                // different data, dropout, batch size and length of run
                Dataset rows = TinyRun.rows(11 + i, i);
                TrainingConfig config = TinyRun.config()
                        .batchSize(2 + i)
                        .maxSteps(4 + 2 * i)
                        .microBatchTokens(20 + 5 * i)
                        .build();
                together.add(TinyRun.adapter(model, 0.1 * i, i));
                alone.add(TinyRun.adapter(model, 0.1 * i, i));
                tasks.add(TrainingTask.of("run " + i, together.get(i), rows, config));
                solo.add(train(model, alone.get(i), rows, config));
            }
            List<TrainingReport> reports = Trainer.of(model, tasks).train();
            for (int i = 0; i < 3; i++) {
                assertThat(reports.get(i).steps()).hasSize(4 + 2 * i);
                for (int step = 0; step < reports.get(i).steps().size(); step++) {
                    assertThat(reports.get(i).steps().get(step).loss())
                            .isCloseTo(solo.get(i).steps().get(step).loss(), within(1e-5));
                }
                assertClose(together.get(i), alone.get(i), 1e-4);
            }
            together.forEach(Adapter::close);
            alone.forEach(Adapter::close);
        }
    }

    @Test
    void accumulatedBatchesEqualOneBatchOfUnequalRows() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter one = TinyRun.adapter(model, 0, 1);
                Adapter accumulated = TinyRun.adapter(model, 0, 1);
                Adapter cut = TinyRun.adapter(model, 0, 1)) {
            Dataset rows = TinyRun.rows(8, 5);
            TrainingConfig.Builder config = TinyRun.config().maxSteps(3);
            train(model, one, rows, config.batchSize(8).build());
            train(
                    model,
                    accumulated,
                    rows,
                    config.batchSize(1).gradientAccumulation(8).build());
            train(
                    model,
                    cut,
                    rows,
                    config.batchSize(8)
                            .gradientAccumulation(1)
                            .microBatchTokens(1)
                            .build());
            assertClose(accumulated, one, 1e-6);
            // sums in another order; Adam's first steps magnify the rounding of tiny gradients
            assertClose(cut, one, 1e-4);
        }
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherDoesNot() {
        try (LanguageModel model = TinyRun.model()) {
            String[] digests = new String[3];
            for (int i = 0; i < 3; i++) {
                try (Scope scope = Scope.open();
                        Adapter adapter = TinyRun.adapter(model, 0.2, 3)) {
                    train(
                            model,
                            adapter,
                            TinyRun.rows(10, 1),
                            TinyRun.config().seed(i < 2 ? 7 : 8).build());
                    digests[i] = adapter.digest();
                }
            }
            assertThat(digests[1]).isEqualTo(digests[0]);
            assertThat(digests[2]).isNotEqualTo(digests[0]);
        }
    }

    @Test
    void onlyTheAdapterChangesAndAllOfItDoes() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.adapter(model, 0, 1);
                Adapter before = adapter.copy()) {
            Map<String, Tensor> base = new LinkedHashMap<>();
            for (Linear linear : model.linears()) {
                base.put(linear.path(), linear.weight().copy());
            }
            train(
                    model,
                    adapter,
                    TinyRun.rows(9, 2),
                    TinyRun.config().maxSteps(3).build());
            for (Linear linear : model.linears()) {
                assertThat(linear.weight().sameBits(Objects.requireNonNull(base.get(linear.path()))))
                        .as(linear.path())
                        .isTrue();
            }
            adapter.tensors()
                    .forEach((name, tensor) -> assertThat(tensor.sameBits(
                                    Objects.requireNonNull(before.tensors().get(name))))
                            .as(name)
                            .isFalse());
        }
    }

    @Test
    void oneBatchIsLearnedByHeart() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = Adapter.create(
                        model,
                        // the frozen random head cannot point at every token: it is trained whole
                        LoraConfig.rank(16)
                                .alpha(32)
                                .targets(Targets.expression("all-linear"))
                                .modulesToSave(List.of("lm_head")),
                        1)) {
            TrainingConfig config = TinyRun.config()
                    .batchSize(2)
                    .maxSteps(150)
                    .learningRate(2e-2)
                    .warmupRatio(0.1)
                    .schedule(Schedule.COSINE)
                    .build();
            TrainingReport report = train(model, adapter, twoRowsWithoutAmbiguity(), config);
            assertThat(report.steps().get(0).loss()).isGreaterThan(3);
            assertThat(report.finalLoss().orElseThrow()).isLessThan(0.05);
        }
    }

    /** No token stands before two different ones. */
    private static Dataset twoRowsWithoutAmbiguity() {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int[] tokens = IntStream.range(0, 9).map(t -> 10 * t + 5).toArray();
            tokens[0] = i;
            tokens[8] = 90 + i;
            BitSet trained = new BitSet();
            trained.set(1, 9);
            rows.add(Example.causal(tokens, trained, new RowOrigin("rows", i + 1L)));
        }
        return Dataset.of(rows);
    }

    @Test
    void trainingStopsWhenPatienceEndsAndKeepsTheBestValues() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.adapter(model, 0, 1)) {
            Dataset other = TinyRun.rows(6, 99); // random tokens: what is learned by heart does not carry over
            TrainingConfig config = TinyRun.config()
                    .maxSteps(400)
                    .evaluationSteps(1)
                    .patience(3)
                    .learningRate(3e-2)
                    .schedule(Schedule.CONSTANT)
                    .build();
            TrainingTask task =
                    TrainingTask.of("run", adapter, TinyRun.rows(4, 3), config).validatedOn(other);
            TrainingReport report = Trainer.of(model, task).train().get(0);
            assertThat(report.stop()).isEqualTo(TrainingReport.StopReason.EARLY_STOP);
            double best = report.evaluations().stream()
                    .mapToDouble(EvaluationRecord::loss)
                    .min()
                    .orElseThrow();
            assertThat(report.evaluations().get(report.evaluations().size() - 1).loss())
                    .isGreaterThan(best);
            assertThat(Validation.of(model, task, other).loss()).isCloseTo(best, within(1e-9));
        }
    }

    @Test
    void aLossThatIsNotANumberStopsTheRunAndNamesTheRows() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.adapter(model, 0, 1)) {
            adapter.tensors().values().iterator().next().timesInPlace(Double.NaN);
            assertThatThrownBy(() -> train(
                            model, adapter, TinyRun.rows(4, 3), TinyRun.config().build()))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("NaN at step 1")
                    .hasMessageContaining("rows-3");
        }
    }

    @Test
    void anAdapterThatFailsEndsAloneAndTheOthersEqualTheirSoloRuns() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter broken = TinyRun.adapter(model, 0, 1);
                Adapter sound = TinyRun.adapter(model, 0.1, 2);
                Adapter alone = TinyRun.adapter(model, 0.1, 2)) {
            broken.tensors().values().iterator().next().timesInPlace(Double.NaN);
            TrainingConfig config = TinyRun.config().build();
            List<String> events = new ArrayList<>();
            TrainingListener listening = new TrainingListener() {
                @Override
                public void failed(TrainingTask task, Lora4jException cause) {
                    events.add(task.name() + " failed");
                }

                @Override
                public void finished(TrainingTask task, TrainingReport report) {
                    events.add(task.name() + " " + report.stop() + " "
                            + report.steps().size());
                }
            };
            Trainer trainer = Trainer.of(
                    model,
                    TrainingTask.of("broken", broken, TinyRun.rows(4, 3), config),
                    TrainingTask.of("sound", sound, TinyRun.rows(7, 4), config));
            assertThatThrownBy(() -> trainer.train(listening))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("NaN at step 1");
            assertThat(events).containsExactly("broken failed", "sound COMPLETED 6");
            train(model, alone, TinyRun.rows(7, 4), config);
            assertClose(sound, alone, 1e-4);
        }
    }

    @Test
    void aListenerThatCannotWriteEndsOneRunAlone() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter first = TinyRun.adapter(model, 0, 1);
                Adapter second = TinyRun.adapter(model, 0, 2)) {
            List<String> finished = new ArrayList<>();
            TrainingListener writing = new TrainingListener() {
                @Override
                public void finished(TrainingTask task, TrainingReport report) {
                    if (task.name().equals("first")) {
                        throw new Lora4jException("the disk is full");
                    }
                    finished.add(task.name());
                }
            };
            TrainingConfig.Builder config = TinyRun.config();
            Trainer trainer = Trainer.of(
                    model,
                    TrainingTask.of(
                            "first",
                            first,
                            TinyRun.rows(4, 3),
                            config.maxSteps(1).build()),
                    TrainingTask.of(
                            "second",
                            second,
                            TinyRun.rows(4, 3),
                            config.maxSteps(3).build()));
            assertThatThrownBy(() -> trainer.train(writing)).hasMessage("the disk is full");
            assertThat(finished).containsExactly("second");
        }
    }

    @Test
    void nativeObjectsAreFlatOverAThousandSteps() {
        try (LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.adapter(model, 0.1, 1)) {
            List<Long> counts = new ArrayList<>();
            TrainingListener counting = new TrainingListener() {
                @Override
                public void stepped(TrainingTask task, StepRecord record) {
                    counts.add(Scope.liveObjects());
                }
            };
            TrainingConfig config =
                    TinyRun.config().maxSteps(1000).recompute(true).build();
            Trainer.of(model, TrainingTask.of("run", adapter, TinyRun.rows(7, 3), config))
                    .train(counting);
            assertThat(counts.get(999)).isPositive().isLessThanOrEqualTo(counts.get(19));
        }
    }

    @Test
    void anImpossibleSettingIsOneSentence() {
        assertThatThrownBy(() -> TinyRun.config().batchSize(0).build())
                .hasMessage("batch-size is 0; expected at least 1");
        assertThatThrownBy(() -> TinyRun.config().learningRate(Double.NaN).build())
                .hasMessageContaining("learning-rate is NaN");
    }
}
