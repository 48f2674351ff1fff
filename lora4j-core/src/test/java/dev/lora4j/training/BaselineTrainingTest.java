package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.evaluation.SequencePredictions;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.Baseline;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The methods that LoRA is compared with, from fresh values to trained ones; their gradients are BaselineGoldenTest's. */
class BaselineTrainingTest {
    private static final List<String> LABELS = List.of("no", "yes");

    @TempDir
    private Path folder;

    private static LanguageModel model(String name, ModelTask task) {
        try {
            Path files = Path.of(Objects.requireNonNull(BaselineTrainingTest.class.getResource("/golden/" + name))
                    .toURI());
            return LanguageModel.load(HuggingFaceFolder.open(files), task, Device.CPU);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Baseline of(Baseline.Kind kind) {
        return switch (kind) {
            case BITFIT -> Baseline.bitFit();
            case TOP_LAYERS -> new Baseline(kind, 1);
            default -> new Baseline(kind, 3);
        };
    }

    /** Hidden size 32, two blocks; bert's feed-forward is 64 wide, with 2 norms a block and one over the embeddings. */
    @ParameterizedTest
    @CsvSource({
        "BITFIT, bert, 640", // 2 · (4 · 32 + 64 + 32 + 2 · 32) + 32, pooler 32
        "ADAPTER_H, bert, 908", // 2·2 · (2·32·3 + 3 + 32)
        "ADAPTER_L, bert, 582", // 2 · (2·32·3 + 3 + 32) + 2 · 2·32
        "ADAPTER_P, bert, 454", // 2 · (2·32·3 + 3 + 32)
        "PREFIX_EMBEDDING, bert, 96", // 32 · 3
        "PREFIX_LAYER, bert, 192", // 2 · 32 · 3
        "TOP_LAYERS, bert, 8544", // 4 · (32² + 32) + 32·64 + 64 + 64·32 + 32 + 4·32
        "ADAPTER_H, llama, 908",
        "PREFIX_LAYER, llama, 192"
    })
    void valuesAreAsManyAsTheFormulasSay(Baseline.Kind kind, String base, long expected) {
        ModelTask task = base.equals("bert") ? ModelTask.FEATURE_EXTRACTION : ModelTask.CAUSAL_LM;
        try (LanguageModel model = model(base, task);
                Adapter adapter = Adapter.create(model, of(kind), 1)) {
            assertThat(adapter.parameters()).isEqualTo(expected);
        }
    }

    private static Dataset labelled() {
        Random random = new Random(5);
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            int[] tokens = random.ints(4 + random.nextInt(6), 3, 90).toArray();
            int label = i % 2;
            tokens[2] = label == 0 ? 11 : 77; // what the class hangs on
            rows.add(Example.classification(tokens, new int[0], label, new RowOrigin("rows", i + 1L)));
        }
        return Dataset.of(rows);
    }

    @ParameterizedTest
    @EnumSource(Baseline.Kind.class)
    void aClassifierLearnsAndIsReadAgain(Baseline.Kind kind) {
        Dataset rows = labelled();
        try (LanguageModel model = model("bert", ModelTask.SEQ_CLS);
                Adapter adapter = Adapter.createClassifier(model, of(kind), LABELS, 1)) {
            TrainingConfig config = TinyRun.config()
                    .batchSize(8)
                    .maxSteps(60)
                    .learningRate(2e-2)
                    .build();
            TrainingReport report = Trainer.of(model, TrainingTask.of("run", adapter, rows, config))
                    .train()
                    .get(0);
            double first = report.steps().get(0).loss();
            double last = report.steps().get(report.steps().size() - 1).loss();
            assertThat(last).as("from %f", first).isLessThan(first - 0.1);
            AdapterFolder.write(adapter, "bert", folder);
            try (Adapter again = AdapterFolder.read(folder, model)) {
                assertThat(again.labels()).isEqualTo(LABELS);
                assertThat(logits(model, again, rows)).containsExactly(logits(model, adapter, rows));
            }
        }
    }

    private static float[] logits(LanguageModel model, Adapter adapter, Dataset rows) {
        List<float[]> all = SequencePredictions.of(model, Optional.of(adapter), rows.examples(), 64)
                .logits();
        float[] flat = new float[2 * all.size()];
        for (int i = 0; i < all.size(); i++) {
            System.arraycopy(all.get(i), 0, flat, 2 * i, 2);
        }
        return flat;
    }

    @ParameterizedTest
    @EnumSource(
            value = Baseline.Kind.class,
            names = {"ADAPTER_H", "ADAPTER_L", "PREFIX_EMBEDDING", "PREFIX_LAYER", "TOP_LAYERS"})
    void trainedBesideLoraInOneBatchItIsAsTrainedAlone(Baseline.Kind kind) {
        TrainingConfig config = TinyRun.config().build();
        try (LanguageModel model = TinyRun.model();
                Adapter alone = Adapter.create(model, of(kind), 3);
                Adapter beside = Adapter.create(model, of(kind), 3);
                Adapter lora = Adapter.create(model, LoraConfig.rank(2), 4)) {
            Trainer.of(model, TrainingTask.of("alone", alone, TinyRun.rows(9, 2), config))
                    .train();
            Trainer.of(
                            model,
                            TrainingTask.of("lora", lora, TinyRun.rows(9, 8), config),
                            TrainingTask.of("beside", beside, TinyRun.rows(9, 2), config))
                    .train();
            alone.tensors().forEach((name, expected) -> {
                float[] found =
                        Objects.requireNonNull(beside.tensors().get(name)).toFloats();
                float[] wanted = expected.toFloats();
                for (int i = 0; i < wanted.length; i++) {
                    assertThat(found[i]).as(name).isCloseTo(wanted[i], within(2e-4f));
                }
            });
        }
    }

    /** The cache holds the virtual tokens' keys and values, so each step's choice is that of the whole text read anew. */
    @ParameterizedTest
    @EnumSource(
            value = Baseline.Kind.class,
            names = {"ADAPTER_H", "ADAPTER_P", "PREFIX_EMBEDDING", "PREFIX_LAYER"})
    void generationContinuesAsTheWholeTextSays(Baseline.Kind kind) {
        int[] prompt = {4, 8, 15, 16};
        try (LanguageModel model = TinyRun.model();
                Adapter adapter = Adapter.create(model, of(kind), 3)) {
            TrainingConfig config = TinyRun.config().maxSteps(20).build();
            Trainer.of(model, TrainingTask.of("run", adapter, TinyRun.rows(9, 2), config))
                    .train();
            int[] made = Generator.of(model, adapter)
                    .generate(prompt, GenerationSettings.greedy(8))
                    .tokens();
            int[] text = prompt;
            for (int token : made) {
                assertThat(token).isEqualTo(next(model, adapter, text));
                text = Arrays.copyOf(text, text.length + 1);
                text[text.length - 1] = token;
            }
            assertThat(made).hasSize(8);
        }
    }

    private static int next(LanguageModel model, Adapter adapter, int[] text) {
        int[] all = adapter.virtualTokens().into(text);
        try (Scope scope = Scope.open()) {
            AdapterRouting routing = AdapterRouting.of(adapter, all.length);
            Tensor hidden = model.hidden(TokenBatch.of(List.of(all)), routing, Tape.inference());
            Tensor last = hidden.rows(all.length - 1L, all.length);
            return (int)
                    model.logits(last, AdapterRouting.of(adapter, 1)).argmax().toLongs()[0];
        }
    }

    @Test
    void whatTheModelHasNoPlaceForIsRefused() {
        try (LanguageModel model = TinyRun.model()) {
            assertThatThrownBy(() -> Adapter.create(model, Baseline.bitFit(), 1))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("bitfit trains the biases, and the model has none");
            assertThatThrownBy(() -> Adapter.create(model, new Baseline(Baseline.Kind.TOP_LAYERS, 2), 1))
                    .hasMessageContaining("top-layers of 2 layers, but the model has 2; train fewer");
            assertThatThrownBy(() -> Adapter.create(model, new Baseline(Baseline.Kind.PREFIX_LAYER, 64), 1))
                    .hasMessageContaining("prefix-layer of 64 virtual tokens leave no room for a text in 64 positions");
        }
        assertThatThrownBy(() -> new Baseline(Baseline.Kind.ADAPTER_H, 0))
                .hasMessage("size of adapter-h is 0; expected width from 1 to 65536");
        assertThatThrownBy(() -> new Baseline(Baseline.Kind.BITFIT, 3))
                .hasMessage("size of bitfit is 3; expected 0, since it has none");
    }
}
