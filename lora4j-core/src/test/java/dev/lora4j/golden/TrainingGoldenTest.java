package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.Schedule;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients and three steps of AdamW against PEFT and torch.
 *
 * <p>Tolerances: float32 there is off from float64 by 1e-6 in gradients; Adam divides by their size, so that the smallest
 * ones, about 4e-7, carry an error of up to 1e-5 into a step of 1e-2 (parity/README.md).
 */
class TrainingGoldenTest {
    private static final double GRADIENT = 1e-5;
    private static final double AFTER_THREE_STEPS = 5e-5;

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#causalCases")
    void gradientsOfAAndBArePefts(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                Tape tape = Tape.recording(adapter.tensors().values())) {
            LossOf loss = LossOf.on(tape, golden, model, AdapterRouting.of(adapter, rows(golden)), 0);
            assertThat(loss.mean())
                    .isCloseTo(golden.json.path("adapter").path("loss").asDouble(), within(1e-5));
            tape.backward();
            adapter.tensors()
                    .forEach((key, tensor) -> assertClose(
                            tape.gradient(tensor).orElseThrow(), golden.tensor("grad." + key), GRADIENT, key));
        }
    }

    private static long rows(Golden golden) {
        return (long) golden.ids(0).length + golden.ids(1).length;
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#causalCases")
    void threeStepsOfAdamWAreTorchs(String name) {
        List<Example> rows = causalRows(name);
        for (boolean recompute : new boolean[] {false, true}) {
            for (int microBatchTokens : new int[] {4096, 12}) {
                TrainingConfig.Builder config = settings().recompute(recompute).microBatchTokens(microBatchTokens);
                trainAndCompare(name, ModelTask.CAUSAL_LM, rows, config.build());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#sequenceCases")
    void threeStepsOfAClassifierAreTorchs(String name) {
        List<Example> rows;
        try (Golden golden = Golden.of(name)) {
            rows = sequenceRows(golden);
        }
        for (boolean recompute : new boolean[] {false, true}) {
            TrainingConfig.Builder config = settings().batchSize(rows.size()).recompute(recompute);
            trainAndCompare(name, ModelTask.SEQ_CLS, rows, config.build());
        }
    }

    static List<Example> sequenceRows(Golden golden) {
        List<Example> rows = new ArrayList<>();
        String name = golden.json.path("case").asText();
        for (JsonNode example : golden.json.path("examples")) {
            int[] ids = Golden.integers(example.path("input_ids"));
            int[] types = Golden.types(example);
            RowOrigin origin = new RowOrigin(name, rows.size() + 1L);
            JsonNode label = example.path("label");
            rows.add(
                    label.isIntegralNumber()
                            ? Example.classification(ids, types, label.asInt(), origin)
                            : Example.regression(ids, types, label.asDouble(), origin));
        }
        return rows;
    }

    static List<Example> causalRows(String name) {
        List<Example> rows = new ArrayList<>();
        try (Golden golden = Golden.of(name)) {
            for (int i = 0; i < 2; i++) {
                JsonNode labels = golden.json.path("sequences").path(i).path("labels");
                BitSet trained = new BitSet();
                for (int t = 0; t < labels.size(); t++) {
                    trained.set(t, labels.get(t).asInt() != -100);
                }
                rows.add(Example.causal(golden.ids(i), trained, new RowOrigin(name, i + 1)));
            }
        }
        return rows;
    }

    /** Also shows that DoRA's norms follow the trained values from step to step. */
    @ParameterizedTest
    @CsvSource({"llama, dora", "qwen2, bias-lora-only"})
    void threeStepsOfLoraPlusArePefts(String name, String variant) {
        TrainingConfig config = settings().learningRate(1e-3).loraPlusRatio(16).build();
        try (Scope scope = Scope.open();
                Golden golden = Golden.variants(name);
                LanguageModel model = golden.model();
                Adapter adapter =
                        AdapterFolder.read(golden.folder.resolve("variants").resolve(variant), model)) {
            Trainer.of(model, TrainingTask.of(name, adapter, Dataset.of(causalRows(name)), config))
                    .train();
            adapter.tensors().forEach((parameter, tensor) -> {
                String key = variant + ".loraplus.after3.";
                String expected = golden.has(key + parameter) ? parameter : parameter.replace(".base_layer.", ".");
                assertClose(tensor, golden.tensor(key + expected), AFTER_THREE_STEPS, parameter);
            });
        }
    }

    private static TrainingConfig.Builder settings() {
        return TrainingConfig.builder()
                .maxSteps(3)
                .batchSize(2)
                .learningRate(1e-2)
                .schedule(Schedule.CONSTANT)
                .warmupRatio(0)
                .weightDecay(0.01)
                .maxGradientNorm(0);
    }

    private static void trainAndCompare(String name, ModelTask task, List<Example> rows, TrainingConfig config) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model(task);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model)) {
            TrainingReport report = Trainer.of(model, TrainingTask.of(name, adapter, Dataset.of(rows), config))
                    .train()
                    .get(0);
            JsonNode losses = golden.json.path("adapter").path("adamw").path("losses");
            for (int i = 0; i < 3; i++) {
                assertThat(report.steps().get(i).loss())
                        .as("loss before step %d", i + 1)
                        .isCloseTo(
                                losses.get(i).asDouble(),
                                within(1e-5 * Math.max(1, losses.get(i).asDouble())));
            }
            adapter.tensors().forEach((key, tensor) -> {
                // A and B beside a convolution have three dimensions in files, two here
                Tensor expected = golden.tensor("after3." + key).view(tensor.shape());
                assertClose(tensor, expected, AFTER_THREE_STEPS, key);
            });
        }
    }
}
