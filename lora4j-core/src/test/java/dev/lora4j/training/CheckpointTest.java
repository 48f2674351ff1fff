package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.data.Dataset;
import dev.lora4j.golden.ExactBytes;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    @TempDir
    private Path output;

    private static TrainingConfig.Builder config() {
        // mid-epoch, mid-accumulation, past the first epoch, with dropout and shuffling
        return TinyRun.config()
                .batchSize(2)
                .gradientAccumulation(2)
                .maxSteps(9)
                .saveSteps(2)
                .keepCheckpoints(3);
    }

    private record Outcome(String digest, TrainingReport report) {}

    private Outcome train(TrainingConfig config, Dataset rows, boolean resume, long stopAfter) {
        return train(WeightFormat.F32, config, rows, resume, stopAfter);
    }

    private Outcome train(WeightFormat format, TrainingConfig config, Dataset rows, boolean resume, long stopAfter) {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model(format);
                Adapter adapter = TinyRun.adapter(model, 0.2, 3)) {
            TrainingTask task = TrainingTask.of("run", adapter, rows, config)
                    .validatedOn(TinyRun.rows(3, 50))
                    .savedTo(output);
            Trainer trainer = Trainer.of(model, resume ? task.resumed() : task);
            TrainingReport report =
                    trainer.train(new StopAfter(trainer, stopAfter)).get(0);
            return new Outcome(adapter.digest(), report);
        }
    }

    /** Asks for a stop after a step, and writes the log as the command line does. */
    private record StopAfter(Trainer trainer, long step, TrainingLog log) implements TrainingListener {
        StopAfter(Trainer trainer, long step) {
            this(trainer, step, new TrainingLog());
        }

        @Override
        public void started(TrainingTask task, long from, long total) {
            log.started(task, from, total);
        }

        @Override
        public void stepped(TrainingTask task, StepRecord record) {
            log.stepped(task, record);
            if (record.step() == step) {
                trainer.requestStop();
            }
        }
    }

    private List<Double> loggedLosses() throws IOException {
        com.fasterxml.jackson.databind.ObjectMapper json = new com.fasterxml.jackson.databind.ObjectMapper();
        List<Double> losses = new java.util.ArrayList<>();
        for (String line : Files.readAllLines(output.resolve(TrainingLog.FILE))) {
            losses.add(json.readTree(line).path("loss").asDouble());
        }
        return losses;
    }

    @Test
    void aResumedRunContinuesTheSameCurveBitForBit() throws IOException {
        Outcome whole = train(config().build(), TinyRun.rows(13, 4), false, -1);
        List<Double> curve = loggedLosses();
        assertThat(curve).hasSize(9);
        deleteOutput();
        Outcome first = train(config().build(), TinyRun.rows(13, 4), false, 5);
        assertThat(first.report().stop()).isEqualTo(TrainingReport.StopReason.INTERRUPTED);
        Outcome rest = train(config().build(), TinyRun.rows(13, 4), true, -1);
        assertThat(rest.report().steps().get(0).step()).isEqualTo(6);
        assertThat(rest.digest()).isEqualTo(whole.digest());
        assertThat(loggedLosses()).isEqualTo(curve);
    }

    @Test
    void everyKindOfDamageIsSeenAndTheCheckpointBeforeIsTaken() throws IOException {
        String whole = train(config().build(), TinyRun.rows(13, 4), false, -1).digest();
        deleteOutput();
        train(config().build(), TinyRun.rows(13, 4), false, 6);
        Path newest = output.resolve("checkpoints/step-00000006");
        List<String> files;
        try (Stream<Path> entries = Files.list(newest)) {
            files = entries.map(path -> path.getFileName().toString()).sorted().toList();
        }
        assertThat(files)
                .contains("adapter_config.json", "adapter_model.safetensors", "optimizer.safetensors", "state.json");
        for (String name : files) {
            Path file = newest.resolve(name);
            byte[] bytes = Files.readAllBytes(file);
            for (byte[] damaged : damages(bytes)) {
                Files.write(file, damaged);
                assertThat(Checkpoint.damage(newest)).as(name).contains(name);
                assertThat(CheckpointStore.of(output).newest()).isPresent();
            }
            Files.delete(file);
            assertThat(Checkpoint.damage(newest)).contains(name);
            Files.write(file, bytes);
            assertThat(Checkpoint.damage(newest)).isEmpty();
        }
        Files.delete(newest.resolve("manifest.json"));
        Outcome resumed = train(config().build(), TinyRun.rows(13, 4), true, -1);
        assertThat(resumed.report().steps().get(0).step()).isEqualTo(5);
        assertThat(resumed.digest()).isEqualTo(whole);
    }

    /** Emptied, cut in half, zeroed, one bit flipped. */
    private static List<byte[]> damages(byte[] bytes) {
        byte[] flipped = bytes.clone();
        flipped[bytes.length / 2] ^= 1;
        return List.of(new byte[0], java.util.Arrays.copyOf(bytes, bytes.length / 2), new byte[bytes.length], flipped);
    }

    @Test
    void anotherRunsCheckpointIsRefusedFieldByField() {
        train(config().build(), TinyRun.rows(13, 4), false, 4);
        assertThatThrownBy(() -> train(config().learningRate(2e-2).batchSize(3).build(), TinyRun.rows(12, 5), true, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("training-data: ")
                .hasMessageContaining("settings.batch-size: 2 there, 3 here")
                .hasMessageContaining("settings.learning-rate: 0.01 there, 0.02 here");
    }

    @Test
    @ExtendWith(ExactBytes.class)
    void aRunGoesOnInWhatItHasComputedInAlone() {
        train(config().build(), TinyRun.rows(13, 4), false, 4);
        assertThatThrownBy(() -> train(WeightFormat.INT8_PRODUCTS, config().build(), TinyRun.rows(13, 4), true, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("base: ")
                .hasMessageContaining("-int8-products\" here");
    }

    @Test
    @ExtendWith(ExactBytes.class)
    void aRunInInt8GoesOnToTheBit() {
        Outcome whole = train(WeightFormat.INT8_PRODUCTS, config().build(), TinyRun.rows(13, 4), false, -1);
        train(WeightFormat.INT8_PRODUCTS, config().build(), TinyRun.rows(13, 4), false, 4);
        assertThat(train(WeightFormat.INT8_PRODUCTS, config().build(), TinyRun.rows(13, 4), true, -1)
                        .digest())
                .isEqualTo(whole.digest());
    }

    @Test
    void oldCheckpointsGoAndTheBestStays() throws IOException {
        Outcome outcome = train(config().keepCheckpoints(1).build(), TinyRun.rows(13, 4), false, -1);
        try (Stream<Path> entries = Files.list(output.resolve("checkpoints"))) {
            List<String> names =
                    entries.map(path -> path.getFileName().toString()).sorted().toList();
            long best = outcome.report().bestStep().orElseThrow();
            assertThat(names).contains("step-00000009", "step-%08d".formatted(best));
            assertThat(names).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void aCheckpointIsAnAdapterThatCanBeRead() {
        train(config().build(), TinyRun.rows(13, 4), false, 4);
        try (LanguageModel model = TinyRun.model();
                Adapter adapter = AdapterFolder.read(output.resolve("checkpoints/step-00000004"), model)) {
            assertThat(adapter.config().rank()).isEqualTo(4);
        }
    }

    private void deleteOutput() throws IOException {
        try (Stream<Path> tree = Files.walk(output)) {
            for (Path path : tree.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!path.equals(output)) {
                    Files.delete(path);
                }
            }
        }
    }
}
