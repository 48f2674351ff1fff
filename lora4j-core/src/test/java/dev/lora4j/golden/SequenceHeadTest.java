package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.UnsupportedModelException;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads for sequences of every family: fresh ones, several in one batch, and bases without. */
class SequenceHeadTest {
    private static final List<String> LABELS = List.of("a", "b", "c", "d");

    @TempDir
    Path folder;

    /** The case's base as it was before anybody put a head on it. */
    private static ChangedFiles withoutHead(ModelFiles files) {
        List<String> heads = List.of("classifier.", "pre_classifier.", "pooler.", "bert.pooler.", "score.");
        return ChangedFiles.of(
                files, name -> heads.stream().anyMatch(name::startsWith) ? Optional.empty() : Optional.of(name));
    }

    private static LanguageModel headless(String name) {
        ModelFiles files = HuggingFaceFolder.open(Golden.folder(name));
        return LanguageModel.load(withoutHead(files), ModelTask.SEQ_CLS, Device.CPU);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bert-classify       | bert.pooler.dense 32x32 b, classifier 4x32 b
            roberta-classify    | classifier.dense 32x32 b, classifier.out_proj 4x32 b
            distilbert-classify | pre_classifier 32x32 b, classifier 4x32 b
            deberta-v3-classify | pooler.dense 32x32 b, classifier 4x32 b
            llama-classify      | score 4x32
            gpt2-classify       | score 4x32
            """)
    void aFreshHeadHasWhatTheBaseLacks(String name, String expected) {
        try (LanguageModel model = headless(name);
                Adapter adapter = Adapter.createClassifier(model, LoraConfig.rank(2), LABELS, 5)) {
            List<String> found = new ArrayList<>();
            adapter.saved()
                    .forEach((path, values) -> found.add(path + " "
                            + values.weight().size(0) + "x" + values.weight().size(1)
                            + (values.bias() == null ? "" : " b")));
            assertThat(found).containsExactly(expected.split(", "));
            AdapterFolder.write(adapter, name, folder.resolve("a"));
            try (Adapter read = AdapterFolder.read(folder.resolve("a"), model)) {
                assertThat(read.digest()).isEqualTo(adapter.digest());
                assertThat(read.labels()).isEqualTo(LABELS);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-classify", "roberta-classify", "distilbert-classify", "deberta-v3-classify"})
    void aFreshClassifierKeepsTheBasesLayerBeforeIt(String name) {
        try (Golden golden = Golden.of(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS);
                Adapter adapter = Adapter.createClassifier(model, LoraConfig.rank(2), LABELS, 5)) {
            String dense = Objects.requireNonNull(model.headPlan().dense()).path();
            Tensor own = model.headLayer(dense).orElseThrow().weight();
            // PEFT trains a copy of what is called classifier; the pooler of BERT and DeBERTa stays the base's
            boolean trained = name.equals("roberta-classify") || name.equals("distilbert-classify");
            assertThat(adapter.savedLinear(dense).isPresent()).isEqualTo(trained);
            adapter.savedLinear(dense)
                    .ifPresent(layer -> assertThat(layer.weight().sameBits(own)).isTrue());
            assertThat(adapter.savedLinear(model.headPlan().output())
                            .orElseThrow()
                            .outFeatures())
                    .isEqualTo(4);
        }
    }

    private static Dataset rows(int classes, int seed) {
        Random random = new Random(seed);
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int[] ids = random.ints(3 + random.nextInt(9), 4, 90).toArray();
            RowOrigin origin = new RowOrigin("rows of seed " + seed, i + 1);
            rows.add(Example.classification(ids, new int[ids.length], random.nextInt(classes), origin));
        }
        return Dataset.of(rows);
    }

    @ParameterizedTest
    @ValueSource(strings = {"roberta-classify", "distilbert-classify", "deberta-v2-classify", "llama-classify"})
    void headsOfDifferentSizesTrainInOneBatchAsEachAlone(String name) {
        TrainingConfig config = TrainingConfig.builder()
                .maxSteps(4)
                .batchSize(3)
                .learningRate(1e-2)
                .build();
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS)) {
            List<Adapter> together = new ArrayList<>();
            List<TrainingTask> tasks = new ArrayList<>();
            List<Adapter> alone = new ArrayList<>();
            List<TrainingReport> solo = new ArrayList<>();
            for (int classes = 2; classes <= 4; classes++) {
                LoraConfig lora = LoraConfig.rank(classes).dropout(0.1);
                List<String> labels = LABELS.subList(0, classes);
                together.add(Adapter.createClassifier(model, lora, labels, classes));
                tasks.add(TrainingTask.of("t" + classes, together.get(classes - 2), rows(classes, classes), config));
                alone.add(Adapter.createClassifier(model, lora, labels, classes));
                solo.addAll(Trainer.of(
                                model,
                                TrainingTask.of("s" + classes, alone.get(classes - 2), rows(classes, classes), config))
                        .train());
            }
            List<TrainingReport> reports = Trainer.of(model, tasks).train();
            for (int i = 0; i < 3; i++) {
                for (int step = 0; step < 4; step++) {
                    assertThat(reports.get(i).steps().get(step).loss())
                            .isCloseTo(solo.get(i).steps().get(step).loss(), within(1e-4));
                }
                Map<String, Tensor> expected = alone.get(i).tensors();
                // Adam magnifies rounding in the smallest gradients: a step is 1e-2 whatever their size
                together.get(i)
                        .tensors()
                        .forEach((key, tensor) ->
                                assertClose(tensor, Objects.requireNonNull(expected.get(key)), 2e-3, key));
            }
            together.forEach(Adapter::close);
            alone.forEach(Adapter::close);
        }
    }

    @Test
    void aDecoderLoadedForSequencesHasNoOutputToTheVocabulary() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model(ModelTask.SEQ_CLS)) {
            assertThat(model.modules()).noneMatch(module -> module.path().equals("lm_head"));
            assertThatThrownBy(model::outputLayer)
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining("loaded for SEQ_CLS and has no output layer to the vocabulary");
        }
    }

    @Test
    void theArchitectureDecidesTheTask() {
        assertThat(task("llama")).isEqualTo(ModelTask.CAUSAL_LM);
        assertThat(task("llama-classify")).isEqualTo(ModelTask.SEQ_CLS);
        assertThat(task("roberta")).isEqualTo(ModelTask.FEATURE_EXTRACTION);
        assertThat(task("roberta-classify")).isEqualTo(ModelTask.SEQ_CLS);
    }

    private static ModelTask task(String name) {
        try (ModelFiles files = HuggingFaceFolder.open(Golden.folder(name))) {
            return LanguageModel.usualTask(files);
        }
    }
}
