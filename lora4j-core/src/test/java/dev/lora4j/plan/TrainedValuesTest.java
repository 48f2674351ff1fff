package dev.lora4j.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterShape;
import dev.lora4j.lora.BiasMode;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.Targets;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many values each method trains: against adapters that were made, and against the article's counts. */
class TrainedValuesTest {
    private static final LoraConfig RANK = LoraConfig.rank(4);

    private static TrainingPlan plan(String shape, PlanMethod method, LoraConfig config) {
        PlanSettings settings = SmallModels.settings(method, config, SmallModels.batch(1, 16, false));
        try (LanguageModel model = outline(shape)) {
            return TrainingPlan.of(model, settings, Optional.empty());
        }
    }

    private static LanguageModel outline(String shape) {
        var config = BuiltInShapes.config(shape).orElseThrow();
        return LanguageModel.outline(shape, config, LanguageModel.usualTask(config));
    }

    private static LoraConfig targets(LoraConfig config, String type, String... names) {
        return ShortTargets.in(config, List.of(names), type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "mixtral",
                "qwen2",
                "qwen3",
                "gemma",
                "gemma3",
                "gpt2",
                "bert",
                "roberta",
                "distilbert",
                "deberta"
            })
    void anAdapterIsAsLargeAsItsShapeSays(String name) {
        try (ModelFiles files = SmallModels.files(name);
                LanguageModel model = LanguageModel.load(files)) {
            for (LoraConfig config : List.of(
                    RANK,
                    RANK.bias(BiasMode.ALL),
                    RANK.loraBias(true),
                    RANK.dora(true),
                    RANK.bias(BiasMode.LORA_ONLY))) {
                assertSameSize(model, config);
            }
            String table = name.equals("gpt2") ? "wte" : name.contains("bert") ? "word_embeddings" : "embed_tokens";
            assertSameSize(model, RANK.targets(table));
        }
    }

    @Test
    void partsOfAFusedLayerAndPairsOfExpertsAreCounted() {
        try (ModelFiles gpt2 = SmallModels.files("gpt2");
                LanguageModel model = LanguageModel.load(gpt2);
                ModelFiles mixtral = SmallModels.files("mixtral");
                LanguageModel experts = LanguageModel.load(mixtral)) {
            assertSameSize(model, targets(RANK, "gpt2", "q", "v"));
            assertSameSize(model, targets(RANK, "gpt2", "q", "v", "o"));
            assertSameSize(experts, RANK.targetParameters(List.of("experts.down_proj", "experts.gate_up_proj")));
        }
    }

    @Test
    void aConvolutionInGroupsIsCounted() {
        try (ModelFiles files = SmallModels.files("deberta-v2-convolution");
                LanguageModel model = LanguageModel.load(files, ModelTask.SEQ_CLS, Device.CPU)) {
            assertSameSize(model, RANK.targets("conv", "query_proj"));
        }
    }

    private static void assertSameSize(LanguageModel model, LoraConfig config) {
        try (Adapter adapter = Adapter.create(model, config, 1)) {
            assertThat(AdapterShape.of(model, config, 0).trained())
                    .as("%s %s", model.name(), config.targets())
                    .isEqualTo(adapter.parameters())
                    .isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-classify", "roberta-classify", "distilbert-classify", "llama-classify"})
    void aClassifiersHeadIsCounted(String name) {
        try (ModelFiles files = SmallModels.files(name);
                LanguageModel model = LanguageModel.load(files, ModelTask.SEQ_CLS, Device.CPU);
                Adapter adapter = Adapter.createClassifier(model, RANK, List.of("a", "b", "c"), 1)) {
            assertThat(AdapterShape.of(model, RANK, 3).trained()).isEqualTo(adapter.parameters());
            assertThat(AdapterShape.of(model, RANK, 3).stored())
                    .isEqualTo(adapter.tensors().values().stream()
                            .mapToLong(Tensor::elements)
                            .sum());
        }
    }

    /** Table 4 of arXiv 2106.09685 and the counts of the authors' README and settings. */
    @ParameterizedTest
    @CsvSource({
        "gpt3-175b,gpt2,4,18_874_368",
        "gpt3-175b,gpt2,1,4_718_592",
        "gpt2-medium,gpt2,4,393_216",
        "roberta-base,roberta,8,294_912",
        "roberta-large,roberta,8,786_432",
        "deberta-v2-xxlarge,deberta-v2,16,4_718_592",
        "smollm2-135m,llama,8,460_800",
        "llama-2-7b,llama,8,4_194_304"
    })
    void queriesAndValuesOfKnownModelsAreAsTheArticleCountsThem(String shape, String type, int rank, String expected) {
        TrainingPlan plan = plan(shape, PlanMethod.LORA, targets(LoraConfig.rank(rank), type, "q", "v"));
        assertThat(plan.values().trained()).isEqualTo(Long.parseLong(expected.replace("_", "")));
    }

    /** AdapterH of 7.1 and 40.1 million in table 4 of the article. */
    @Test
    void adaptersHaveTheArticlesCounts() {
        assertThat(plan("gpt3-175b", PlanMethod.ADAPTER, LoraConfig.rank(1))
                        .values()
                        .trained())
                .isEqualTo(192L * (2 * 12288 + 1 + 12288))
                .isBetween(7_050_000L, 7_150_000L);
        assertThat(plan("gpt3-175b", PlanMethod.ADAPTER, LoraConfig.rank(8))
                        .values()
                        .trained())
                .isBetween(40_050_000L, 40_150_000L);
    }

    @Test
    void prefixesTakeAVectorPerLayerAndToken() {
        assertThat(plan("gpt2-medium", PlanMethod.PREFIX, RANK).values().trained())
                .isEqualTo(24L * 1024 * 256);
    }

    /** 11 d a layer and d at the end: 3 d + d + 4 d + d of linear layers and 2 d of two norms. */
    @Test
    void biasesOfGpt2AreElevenWidthsALayer() {
        assertThat(plan("gpt2", PlanMethod.BITFIT, RANK).values().trained()).isEqualTo((12 * 11 + 1) * 768L);
        assertThatThrownBy(() -> plan("llama-2-7b", PlanMethod.BITFIT, RANK))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("has no biases to train");
    }

    /** The counts that transformers gives for the released models' classes without a pooler. */
    @ParameterizedTest
    @CsvSource({
        "gpt2,124_439_808",
        "gpt2-medium,354_823_168",
        "gpt2-large,774_030_080",
        "gpt2-xl,1_557_611_200",
        "llama-2-7b,6_738_415_616",
        "smollm2-135m,134_515_008",
        "minilm,22_713_216",
        "roberta-base,124_055_040"
    })
    void builtInShapesHaveTheParametersOfTheReleasedModels(String shape, String expected) {
        try (LanguageModel model = outline(shape)) {
            assertThat(model.parameters()).isEqualTo(Long.parseLong(expected.replace("_", "")));
        }
    }

    @Test
    void shortNamesOfAFusedLayerDoNotGoWithItsOwn() {
        assertThatThrownBy(() -> targets(RANK, "gpt2", "q", "c_attn"))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("name one or the other");
        assertThat(targets(RANK, "llama", "q", "up_proj").targets().orElseThrow())
                .isEqualTo(Targets.named("q_proj", "up_proj"));
    }
}
