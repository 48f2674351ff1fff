package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.SequenceHead;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.CrossEntropy;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.SquaredError;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.Schedule;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingException;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Full fine-tuning against transformers' autograd and torch's AdamW (parity/make_full_golden.py).
 *
 * <p>Tolerances are those of {@link TrainingGoldenTest}. AdamW's ε is larger here, since some gradients, such as that of a
 * key's bias, are rounding alone, and Adam would make steps of it.
 */
class FullTrainingGoldenTest {
    private static final double GRADIENT = 1e-5;
    private static final double AFTER_THREE_STEPS = 5e-5;

    @TempDir
    Path folder;

    private static final ObjectNode FACTS = JsonFile.read(Golden.folder("llama").resolveSibling("full.json"));

    static Set<String> cases() {
        return FACTS.path("cases").properties().stream()
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode facts(String name) {
        return FACTS.path("cases").path(name);
    }

    private static LanguageModel load(String name) {
        ModelFiles files = HuggingFaceFolder.open(Golden.folder(name));
        return LanguageModel.load(files, LanguageModel.usualTask(files), Device.CPU);
    }

    /** The trained tensors under transformers' names and in the layout of its files. */
    private static Map<String, Tensor> byName(LanguageModel model, Map<String, Tensor> tensors) {
        Set<String> turned = model.linears().stream()
                .filter(linear -> linear.layout().fanInFanOut())
                .map(linear -> linear.path() + ".weight")
                .collect(Collectors.toSet());
        Map<String, Tensor> named = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> {
            String name = key.replaceFirst("base_model\\.model\\.", "");
            named.put(name, turned.contains(name) ? tensor.transpose(0, 1) : tensor);
        });
        return named;
    }

    private static Map<String, Tensor> gradients(Golden golden, LanguageModel model, Adapter full) {
        try (Tape tape = Tape.recording(full.tensors().values())) {
            if (model.task() == ModelTask.CAUSAL_LM) {
                long rows = (long) golden.ids(0).length + golden.ids(1).length;
                LossOf.on(tape, golden, model, AdapterRouting.of(full, rows), 0);
            } else {
                sequenceLoss(tape, golden, model, full);
            }
            tape.backward();
            Map<String, Tensor> gradients = new LinkedHashMap<>();
            full.tensors()
                    .forEach((key, tensor) -> gradients.put(
                            key, tape.gradient(tensor).orElseThrow().copy()));
            return byName(model, gradients);
        }
    }

    private static void sequenceLoss(Tape tape, Golden golden, LanguageModel model, Adapter full) {
        List<Example> rows = TrainingGoldenTest.sequenceRows(golden);
        long tokens = rows.stream().mapToLong(Example::length).sum();
        Tensor hidden = model.hidden(golden.examples(), AdapterRouting.of(full, tokens), tape);
        SequenceHead head = model.sequenceHead(full::savedLinear);
        Tensor chosen = Tensor.of(head.plan().rows(golden.examples().sequences()));
        Tensor logits = head.logits(tape, hidden, chosen, AdapterRouting.of(full, rows.size()));
        float[] each = new float[rows.size()];
        Arrays.fill(each, 1f / rows.size());
        Tensor weights = Tensor.of(each, each.length);
        if (rows.get(0).score().isPresent()) {
            double[] scores =
                    rows.stream().mapToDouble(row -> row.score().orElseThrow()).toArray();
            Tensor targets = Tensor.of(scores, scores.length, 1).to(hidden.dtype());
            SquaredError.apply(tape, logits, targets, weights.view(-1, 1));
        } else {
            long[] labels =
                    rows.stream().mapToLong(row -> row.label().orElseThrow()).toArray();
            CrossEntropy.apply(tape, logits, new CrossEntropy.Targets(Tensor.of(labels), weights, 0));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyWeightOfEveryFamilyHasTransformersGradient(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = load(name);
                Adapter full = Adapter.full(model)) {
            assertThat(full.parameters()).isEqualTo(model.parameters());
            Map<String, Tensor> gradients = gradients(golden, model, full);
            Map<String, JsonNode> expected = facts(name).path("gradients").properties().stream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
            assertThat(gradients.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            gradients.forEach((key, gradient) -> {
                double norm = Math.sqrt(gradient.square().sum().item());
                double wantedNorm = expected.get(key).get(0).asDouble();
                assertThat(norm).as(key).isCloseTo(wantedNorm, within(GRADIENT * Math.max(1, wantedNorm)));
                // Σ|x| is up to √n times the norm, and as much rounding can be in Σx
                double most = wantedNorm * Math.sqrt((double) gradient.elements());
                assertThat(gradient.sum().item())
                        .as(key)
                        .isCloseTo(expected.get(key).get(1).asDouble(), within(GRADIENT * Math.max(1, most)));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "gpt2", "bert-classify"})
    void everyElementOfEveryGradientIsTransformers(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                Golden expected = Golden.full(name);
                LanguageModel model = load(name);
                Adapter full = Adapter.full(model)) {
            gradients(golden, model, full)
                    .forEach((key, gradient) -> assertClose(gradient, expected.tensor("grad." + key), GRADIENT, key));
        }
    }

    private static List<Example> rows(String name) {
        try (Golden golden = Golden.of(name)) {
            return golden.json.has("sequences")
                    ? TrainingGoldenTest.causalRows(name)
                    : TrainingGoldenTest.sequenceRows(golden);
        }
    }

    private static TrainingConfig.Builder settings(int batch) {
        return TrainingConfig.builder()
                .maxSteps(3)
                .batchSize(batch)
                .learningRate(1e-2)
                .epsilon(FACTS.path("adamw").path("eps").asDouble())
                .schedule(Schedule.CONSTANT)
                .warmupRatio(0)
                .weightDecay(0.01)
                .maxGradientNorm(0);
    }

    private static TrainingReport train(LanguageModel model, Adapter full, TrainingConfig config, List<Example> rows) {
        return Trainer.of(model, TrainingTask.of("full", full, Dataset.of(rows), config))
                .train()
                .get(0);
    }

    private static void assertLosses(TrainingReport report, String name) {
        JsonNode losses = facts(name).path("losses");
        for (int i = 0; i < 3; i++) {
            assertThat(report.steps().get(i).loss())
                    .as("loss before step %d", i + 1)
                    .isCloseTo(losses.get(i).asDouble(), within(1e-4));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void threeStepsOfEveryFamilyHaveTransformersLosses(String name) {
        List<Example> rows = rows(name);
        try (LanguageModel model = load(name);
                Adapter full = Adapter.full(model)) {
            assertLosses(train(model, full, settings(rows.size()).build(), rows), name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "gpt2", "bert-classify"})
    void threeStepsOfAdamWAreTorchsAndTheFolderHasThem(String name) {
        List<Example> rows = rows(name);
        for (boolean recompute : new boolean[] {false, true}) {
            for (int microBatchTokens : new int[] {4096, 12}) {
                TrainingConfig config = settings(rows.size())
                        .recompute(recompute)
                        .microBatchTokens(microBatchTokens)
                        .build();
                Path written = folder.resolve(recompute + "-" + microBatchTokens);
                try (Scope scope = Scope.open();
                        Golden expected = Golden.full(name);
                        ModelFiles files = HuggingFaceFolder.open(Golden.folder(name));
                        LanguageModel model = load(name);
                        Adapter full = Adapter.full(model)) {
                    assertLosses(train(model, full, config, rows), name);
                    byName(model, full.tensors())
                            .forEach((key, tensor) ->
                                    assertClose(tensor, expected.tensor("after3." + key), AFTER_THREE_STEPS, key));
                    MergedFolder.writeFull(files, model, full, written);
                    assertHasTheValues(written, model, full);
                }
            }
        }
    }

    /** Every tensor of the base's files and no other, with the trained values to the bit. */
    private static void assertHasTheValues(Path written, LanguageModel model, Adapter full) {
        try (ModelFiles files = HuggingFaceFolder.open(written);
                LanguageModel again = LanguageModel.load(files, LanguageModel.usualTask(files), Device.CPU)) {
            assertThat(again.hasTiedEmbeddings()).isEqualTo(model.hasTiedEmbeddings());
            assertThat(again.modules()).hasSameSizeAs(model.modules());
            for (int i = 0; i < again.modules().size(); i++) {
                Tensor trained = model.modules().get(i).weight();
                assertThat(again.modules().get(i).weight().sameBits(trained))
                        .as(again.modules().get(i).path())
                        .isTrue();
            }
            assertThat(files.tensors().keySet())
                    .isEqualTo(byName(model, full.tensors()).keySet());
        }
    }

    @Test
    void aCopyOfATiedTableThatSomeFilesHaveIsNotWrittenAgain() {
        Path stored = folder.resolve("stored");
        Path written = folder.resolve("written");
        try (Scope scope = Scope.open();
                ModelFiles base = HuggingFaceFolder.open(Golden.folder("llama-tied"));
                LanguageModel model = load("llama-tied")) {
            List<TensorContent> tensors = new ArrayList<>();
            model.modules().forEach(module -> {
                Tensor weight = module.weight();
                tensors.add(TensorContent.floats(
                        module.path() + ".weight",
                        Arrays.stream(weight.shape()).boxed().toList(),
                        weight.toFloats()));
            });
            assertThat(tensors).anyMatch(tensor -> tensor.name().equals("lm_head.weight"));
            SafetensorsWriter.write(stored.resolve("model.safetensors"), tensors);
            dev.lora4j.formats.AtomicFile.writeString(
                    stored.resolve("config.json"), base.config().toString());
            try (ModelFiles files = HuggingFaceFolder.open(stored);
                    LanguageModel untied = LanguageModel.load(files);
                    Adapter full = Adapter.full(untied)) {
                MergedFolder.writeFull(files, untied, full, written);
            }
        }
        try (ModelFiles files = HuggingFaceFolder.open(written)) {
            assertThat(files.tensors()).doesNotContainKey("lm_head.weight").hasSize(20);
            assertThat(files.tensors().values())
                    .allMatch(tensor ->
                            ((StoredTensor.Mapped) tensor).type().name().equals("F32"));
        }
    }

    @Test
    void trainingNeverReachesTheFileThatTheWeightsAreMappedFrom() {
        try (Scope scope = Scope.open();
                LanguageModel before = load("llama");
                LanguageModel model = load("llama");
                Adapter full = Adapter.full(model)) {
            train(model, full, settings(2).build(), rows("llama"));
            try (LanguageModel after = load("llama")) {
                assertThat(after.linears()
                                .get(0)
                                .weight()
                                .sameBits(before.linears().get(0).weight()))
                        .isTrue();
                assertThat(after.linears()
                                .get(0)
                                .weight()
                                .sameBits(model.linears().get(0).weight()))
                        .isFalse();
            }
        }
    }

    @Test
    void aFreshClassifierGetsItsHeadAndItsLabelsIntoTheFolder() {
        List<Example> rows = rows("bert-classify");
        Path written = folder.resolve("classifier");
        List<String> labels = List.of("left", "right", "straight");
        try (Scope scope = Scope.open();
                ModelFiles files = HuggingFaceFolder.open(Golden.folder("bert"));
                LanguageModel model = LanguageModel.load(files, ModelTask.SEQ_CLS, Device.CPU);
                Adapter full = Adapter.fullClassifier(model, labels, 5)) {
            assertThat(full.parameters()).isEqualTo(model.parameters() + 3 * 32 + 3);
            train(model, full, settings(rows.size()).build(), rows);
            MergedFolder.writeFull(files, model, full, written);
            try (ModelFiles again = HuggingFaceFolder.open(written);
                    LanguageModel loaded = LanguageModel.load(again, ModelTask.SEQ_CLS, Device.CPU)) {
                assertThat(again.config().path("id2label").path("2").asText()).isEqualTo("straight");
                Linear head = loaded.headLayer("classifier").orElseThrow();
                assertThat(head.weight()
                                .sameBits(full.savedLinear("classifier")
                                        .orElseThrow()
                                        .weight()))
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mixtral", "deberta-v2-classify", "deberta-v3-classify"})
    void aFamilyWithWeightsThatAreNoModuleIsRefusedByName(String name) {
        try (LanguageModel model = load(name)) {
            assertThatThrownBy(() -> Adapter.full(model))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining(model.config().path("model_type").asText() + " model")
                    .hasMessageContaining("Train a low-rank adapter instead");
        }
    }

    @Test
    void aBaseThatIsNotKeptAsFloatIsRefused() {
        try (LanguageModel model = LanguageModel.load(
                HuggingFaceFolder.open(Golden.folder("llama")), ModelTask.CAUSAL_LM, Device.CPU, WeightFormat.BF16)) {
            assertThatThrownBy(() -> Adapter.full(model))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("kept as bf16")
                    .hasMessageContaining("load the model as f32");
        }
    }

    @Test
    void nothingElseTrainsOverABaseThatChanges() {
        try (LanguageModel model = load("llama");
                Adapter full = Adapter.full(model);
                Adapter beside = Adapter.create(model, LoraConfig.rank(2).targets("q_proj"), 1)) {
            Dataset rows = Dataset.of(rows("llama"));
            TrainingConfig config = settings(2).build();
            assertThatThrownBy(() -> Trainer.of(
                            model,
                            TrainingTask.of("full", full, rows, config),
                            TrainingTask.of("beside", beside, rows, config)))
                    .isInstanceOf(TrainingException.class)
                    .hasMessageContaining("train it by itself");
            assertThatThrownBy(full::copy).hasMessageContaining("the model's own weights");
            assertThatThrownBy(() -> AdapterFolder.write(full, "llama", folder.resolve("adapter")))
                    .hasMessageContaining("is no adapter");
            assertThat(folder.resolve("adapter")).doesNotExist();
        }
    }
}
