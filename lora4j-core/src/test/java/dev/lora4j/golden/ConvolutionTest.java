package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterCombination;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.AdapterSummary;
import dev.lora4j.lora.CombinationMethod;
import dev.lora4j.lora.InPlaceMerge;
import dev.lora4j.lora.Initialization;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.lora.Targets;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of pairs beside a convolution whatever their values; {@link ConvolutionGoldenTest} has PEFT's. */
class ConvolutionTest {
    private static final String ONE_GROUP = "deberta-v2-convolution";
    private static final String TWO_GROUPS = "deberta-v2-classify";
    private static final String PATH = "deberta.encoder.conv.conv";

    /** Some tens of float32 roundings of values of size 1. */
    private static final double ROUNDING = 1e-5;

    private static final LoraConfig PLAIN = LoraConfig.rank(4).alpha(8).targets("conv.conv", "query_proj");

    @TempDir
    Path folder;

    private final Scope scope = Scope.open();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        scope.close();
    }

    private <T extends AutoCloseable> T opened(T value) {
        opened.add(value);
        return value;
    }

    private LanguageModel model(String name) {
        return opened(LanguageModel.load(HuggingFaceFolder.open(Golden.folder(name)), ModelTask.SEQ_CLS, Device.CPU));
    }

    /** An adapter with values in B; where B has blocks, in them alone. */
    private Adapter adapter(LanguageModel model, LoraConfig config, long seed) {
        Adapter adapter = opened(Adapter.create(model, config, seed));
        adapter.lowRanks().forEach((path, pair) -> {
            pair.b()
                    .copyFrom(
                            Random.normal(seed + path.hashCode(), 0.3, pair.b().shape()));
            if (pair.blocks() != null) {
                pair.b().timesInPlace(pair.blocks()).addInPlace(0); // no negative zeros
            }
        });
        adapter.refresh();
        return adapter;
    }

    private static TokenBatch batch() {
        int[] first = {9, 17, 33, 64, 8};
        int[] second = {5, 77, 12};
        int[] third = {101, 3, 45, 45, 90, 21, 7};
        return TokenBatch.of(List.of(first, second, third), List.of(new int[5], new int[3], new int[7]));
    }

    private static Tensor hidden(LanguageModel model, Routing routing) {
        return model.hidden(batch(), routing, Tape.inference());
    }

    private static Tensor hidden(LanguageModel model, Adapter adapter) {
        return hidden(model, AdapterRouting.of(adapter, batch().sequences().tokens()));
    }

    private static AdapterRouting.Run run(long start, long end, Adapter adapter) {
        return new AdapterRouting.Run(start, end, adapter, OptionalLong.empty());
    }

    private static LowRank pair(Adapter adapter) {
        return Objects.requireNonNull(adapter.lowRanks().get(PATH));
    }

    @ParameterizedTest
    @ValueSource(strings = {ONE_GROUP, TWO_GROUPS})
    void sequencesOfABatchUseDifferentAdaptersBesideTheConvolution(String name) {
        LanguageModel model = model(name);
        Adapter one = adapter(model, PLAIN, 1);
        Adapter other = adapter(model, LoraConfig.rank(2).targets("conv.conv"), 2);
        Tensor mixed = hidden(model, AdapterRouting.of(List.of(run(0, 5, one), run(8, 15, other))));
        assertClose(mixed.rows(0, 5), hidden(model, one).rows(0, 5), ROUNDING, "first");
        assertClose(mixed.rows(5, 8), hidden(model, Routing.NONE).rows(5, 8), ROUNDING, "base");
        assertClose(mixed.rows(8, 15), hidden(model, other).rows(8, 15), ROUNDING, "third");
        double moved = mixed.rows(0, 5)
                .minus(hidden(model, Routing.NONE).rows(0, 5))
                .square()
                .sum()
                .item();
        assertThat(moved).isGreaterThan(1e-2);
        Tensor apart = hidden(model, AdapterRouting.of(List.of(run(0, 5, one), run(5, 8, one), run(8, 15, other))));
        assertClose(apart.rows(5, 8), hidden(model, one).rows(5, 8), ROUNDING, "runs of one adapter");
    }

    @ParameterizedTest
    @ValueSource(strings = {ONE_GROUP, TWO_GROUPS})
    void aMergedViewAndAMergeInPlaceComputeWhatTheAdapterDoes(String name) {
        LanguageModel model = model(name);
        Adapter adapter = adapter(model, PLAIN, 3);
        Tensor expected = hidden(model, adapter);
        Tensor base = hidden(model, Routing.NONE);
        try (LanguageModel view = MergedModel.of(model, adapter)) {
            assertClose(hidden(view, Routing.NONE), expected, ROUNDING, "view");
        }
        try (InPlaceMerge merge = InPlaceMerge.of(model, List.of(adapter))) {
            merge.merge("a", adapter);
            assertClose(hidden(merge.model(), Routing.NONE), expected, ROUNDING, "in place");
            merge.unmerge("a");
            assertClose(hidden(merge.model(), Routing.NONE), base, ROUNDING, "taken out");
            merge.reset();
            Tensor again = hidden(merge.model(), Routing.NONE);
            // a kernel in groups is one of zeros in one group then, added up in another order
            assertThat(again.sameBits(base) || name.equals(TWO_GROUPS)).isTrue();
        }
        assertThat(hidden(model, Routing.NONE).sameBits(base)).isTrue();
    }

    @Test
    void aSumOfAdaptersIsTheSumOfTheirKernels() {
        LanguageModel model = model(ONE_GROUP);
        Adapter one = adapter(model, PLAIN, 4);
        Adapter other = adapter(model, LoraConfig.rank(3).rankStabilized(true).targets("conv.conv"), 5);
        List<WeightedAdapter> sources =
                List.of(new WeightedAdapter("one", one, 0.7), new WeightedAdapter("other", other, -1.2));
        Tensor sum = pair(one).delta().times(0.7).addInPlace(pair(other).delta(), -1.2);
        for (CombinationMethod method : List.of(CombinationMethod.cat(), CombinationMethod.linear())) {
            Adapter combined =
                    opened(AdapterCombination.combine(sources, method).adapter());
            assertClose(pair(combined).delta(), sum, ROUNDING, method.toString());
            Path written = folder.resolve(method.getClass().getSimpleName());
            AdapterFolder.write(combined, ONE_GROUP, written);
            Adapter read = opened(AdapterFolder.read(written, model));
            assertClose(hidden(model, read), hidden(model, combined), ROUNDING, "read again");
        }
    }

    @Test
    void aPairBesideAKernelInGroupsIsNeitherWrittenIntoItsFilesNorCombined() {
        LanguageModel model = model(TWO_GROUPS);
        Adapter adapter = adapter(model, PLAIN, 6);
        AdapterFolder.write(adapter, TWO_GROUPS, folder.resolve("adapter"));
        try (ModelFiles base = HuggingFaceFolder.open(Golden.folder(TWO_GROUPS))) {
            assertThatThrownBy(() -> MergedFolder.write(
                            base, folder.resolve("adapter"), Optional.empty(), folder.resolve("merged")))
                    .isInstanceOf(AdapterException.class)
                    .hasMessage(PATH + ": the pair beside this convolution reads all channels, the layer has 2 groups;"
                            + " such a pair cannot be merged into its files");
        }
        assertThat(folder.resolve("merged")).doesNotExist();
        assertThatThrownBy(() -> AdapterCombination.scaled(adapter, 2))
                .isInstanceOf(AdapterException.class)
                .hasMessageEndingWith("such a pair cannot be combined");
    }

    @ParameterizedTest
    @EnumSource(Initialization.class)
    void aFreshPairBeginsAsInPeftOrIsRefusedAsThere(Initialization begin) {
        LanguageModel model = model(ONE_GROUP);
        LoraConfig config = LoraConfig.rank(16).targets("conv.conv").initialization(begin);
        if (!List.of(Initialization.KAIMING, Initialization.GAUSSIAN, Initialization.RANDOM)
                .contains(begin)) {
            assertThatThrownBy(() -> Adapter.create(model, config, 7))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageStartingWith(PATH + ": init_lora_weights ")
                    .hasMessageContaining("is not for a convolution, as in PEFT");
            return;
        }
        LowRank pair = pair(opened(Adapter.create(model, config, 7)));
        assertThat(pair.a().shape()).containsExactly(16, 32 * 5);
        double deviation = Math.sqrt(pair.a().square().sum().item() / pair.a().elements());
        // uniform in ±1/√fan has the deviation 1/√(3 fan); 2,560 draws are within 5 %
        double expected = begin == Initialization.GAUSSIAN ? 1 / 16.0 : 1 / Math.sqrt(3 * 32 * 5);
        assertThat(deviation).isCloseTo(expected, within(0.05 * expected));
        assertThat(pair.b().square().sum().item() == 0).isEqualTo(begin != Initialization.RANDOM);
    }

    @Test
    void aRankThatTheGroupsDoNotDivideAndDoraOverGroupsAreRefused() {
        LanguageModel model = model(TWO_GROUPS);
        assertThatThrownBy(() -> Adapter.create(model, PLAIN.withRank(3), 1))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("r is 3, but the convolution has 2 groups; choose a rank that they divide");
        assertThatThrownBy(() -> Adapter.create(model, PLAIN.dora(true), 1))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("use_dora is not for a convolution of 2 groups");
    }

    @Test
    void aTargetThatPeftWouldTakeForTheModuleAroundIsWrittenAsAWholePath() {
        LanguageModel model = model(ONE_GROUP);
        Adapter adapter = adapter(model, LoraConfig.rank(2).targets("conv", "value_proj"), 8);
        assertThat(adapter.lowRanks()).containsKey(PATH).hasSize(3);
        AdapterFolder.write(adapter, ONE_GROUP, folder.resolve("adapter"));
        assertThat(JsonFile.read(folder.resolve("adapter/adapter_config.json"))
                        .path("target_modules")
                        .valueStream())
                .extracting(node -> node.asText())
                .containsExactly(PATH, "value_proj");
    }

    @Test
    void allLinearMeansNoConvolution() {
        LanguageModel model = model(ONE_GROUP);
        LoraConfig config = LoraConfig.rank(2).targets(Targets.expression("all-linear"));
        assertThat(opened(Adapter.create(model, config, 1)).lowRanks()).doesNotContainKey(PATH);
    }

    @Test
    void aSummaryCountsTheConvolutionAsAnAdaptedLayer() {
        Adapter adapter = adapter(model(TWO_GROUPS), PLAIN, 9);
        AdapterFolder.write(adapter, TWO_GROUPS, folder.resolve("adapter"));
        AdapterSummary summary = AdapterSummary.of(folder.resolve("adapter"));
        assertThat(summary.ranks()).containsEntry(PATH, 4L).hasSize(3);
        // A 4·32·3 and B 32·2 of the convolution, twice 4·32 and 32·4 of the queries
        assertThat(summary.parameters()).isEqualTo(384 + 64 + 2 * 256).isEqualTo(adapter.parameters());
    }

    private static Dataset rows(int seed) {
        java.util.Random random = new java.util.Random(seed);
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            int[] ids = random.ints(3 + random.nextInt(9), 4, 90).toArray();
            RowOrigin origin = new RowOrigin("rows of seed " + seed, i + 1);
            rows.add(Example.classification(ids, new int[ids.length], random.nextInt(3), origin));
        }
        return Dataset.of(rows);
    }

    private TrainingTask task(LanguageModel model, String name, LoraConfig lora, int seed) {
        TrainingConfig config = TrainingConfig.builder()
                .maxSteps(4)
                .batchSize(3)
                .learningRate(1e-2)
                .build();
        return TrainingTask.of(name, adapter(model, lora, seed), rows(seed), config);
    }

    @ParameterizedTest
    @ValueSource(strings = {ONE_GROUP, TWO_GROUPS})
    void severalAdaptersTrainTogetherAsEachAlone(String name) {
        LanguageModel model = model(name);
        List<LoraConfig> shapes = List.of(
                PLAIN.dropout(0.2),
                name.equals(ONE_GROUP) ? PLAIN.dora(true).dropout(0.1) : PLAIN.withRank(2),
                LoraConfig.rank(2).targets("value_proj"));
        List<TrainingTask> together = new ArrayList<>();
        List<TrainingReport> alone = new ArrayList<>();
        for (int i = 0; i < shapes.size(); i++) {
            together.add(task(model, "t" + i, shapes.get(i), 10 + i));
            alone.addAll(Trainer.of(model, task(model, "s" + i, shapes.get(i), 10 + i))
                    .train());
        }
        List<TrainingReport> reports = Trainer.of(model, together).train();
        for (int i = 0; i < shapes.size(); i++) {
            for (int step = 0; step < 4; step++) {
                assertThat(reports.get(i).steps().get(step).loss())
                        .as("adapter %d, step %d", i, step)
                        .isCloseTo(alone.get(i).steps().get(step).loss(), within(1e-4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ONE_GROUP, TWO_GROUPS})
    void trainedValuesComeBackFromTheFilesOfACheckpoint(String name) {
        LanguageModel model = model(name);
        LoraConfig config = name.equals(ONE_GROUP) ? PLAIN.dora(true) : PLAIN;
        Adapter adapter = adapter(model, config, 12);
        Adapter other = adapter(model, config, 13);
        AdapterFolder.write(adapter, name, folder.resolve("adapter"));
        try (MappedFile mapped = MappedFile.open(folder.resolve("adapter/adapter_model.safetensors"))) {
            Map<String, Tensor> stored = new HashMap<>();
            SafetensorsFile.open(folder.resolve("adapter/adapter_model.safetensors"))
                    .tensors()
                    .forEach((key, tensor) -> stored.put(
                            key,
                            mapped.tensor(
                                    tensor.offset(),
                                    DType.F32,
                                    tensor.shape().stream()
                                            .mapToLong(Long::longValue)
                                            .toArray())));
            other.restore(stored);
        }
        assertThat(other.digest()).isEqualTo(adapter.digest());
        assertThat(hidden(model, other).sameBits(hidden(model, adapter))).isTrue();
    }
}
