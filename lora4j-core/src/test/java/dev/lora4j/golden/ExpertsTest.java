package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterCombination;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.CombinationMethod;
import dev.lora4j.lora.InPlaceMerge;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.Targets;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingTask;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of the experts of a mixture: files of both kinds, merging, training, and what is refused. */
class ExpertsTest {
    private static final String GATE_UP = "mlp.experts.gate_up_proj";
    private static final String DOWN = "mlp.experts.down_proj";

    @TempDir
    private Path folder;

    private Scope scope;
    private Golden golden;
    private LanguageModel model;

    @BeforeEach
    void open() {
        scope = Scope.open();
        golden = Golden.variants("mixtral");
        model = golden.model();
    }

    @AfterEach
    void close() {
        model.close();
        golden.close();
        scope.close();
    }

    private static Tensor logits(LanguageModel model, int[] ids, Routing routing) {
        return model.logits(model.hidden(TokenBatch.of(List.of(ids)), routing, Tape.inference()), routing);
    }

    private Adapter read(String variant) {
        return AdapterFolder.read(golden.folder.resolve("variants").resolve(variant), model);
    }

    private void requireMerged(Path base, String variant) {
        Path merged = folder.resolve("merged");
        try (ModelFiles files = HuggingFaceFolder.open(base)) {
            Path adapter = golden.folder.resolve("variants").resolve(variant);
            MergedFolder.write(files, adapter, Optional.empty(), merged);
            assertThat(SafetensorsFile.open(merged.resolve("model.safetensors"))
                            .tensors()
                            .keySet())
                    .containsExactlyInAnyOrderElementsOf(files.tensors().keySet());
        }
        try (LanguageModel found = LanguageModel.load(HuggingFaceFolder.open(merged))) {
            // float32 in another order of additions
            assertClose(
                    logits(found, golden.ids(0), Routing.NONE), golden.tensor(variant + ".merged.0"), 1e-5, variant);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"experts", "experts-down", "experts-patterns"})
    void theMergedFolderGivesPeftsMergedLogits(String variant) {
        requireMerged(golden.folder, variant);
    }

    /** As transformers 5 has them in memory: [experts, out, in] in one tensor. */
    @Test
    void filesMayHaveTheExpertsInOneTensor() throws IOException {
        Path fused = Files.createDirectories(folder.resolve("fused"));
        Files.copy(golden.folder.resolve("config.json"), fused.resolve("config.json"));
        Path source = golden.folder.resolve("model.safetensors");
        List<TensorContent> tensors = new ArrayList<>();
        SafetensorsFile.open(source).tensors().forEach((name, stored) -> {
            if (!name.contains(".experts.")) {
                long[] shape =
                        stored.shape().stream().mapToLong(Long::longValue).toArray();
                try (MappedFile mapped = MappedFile.open(source)) {
                    Tensor values = mapped.tensor(stored.offset(), DType.F32, shape);
                    tensors.add(content(name.replace("block_sparse_moe", "mlp"), values));
                }
            }
        });
        model.modules().forEach(module -> {
            if (module instanceof ExpertStack stack) {
                tensors.add(content(stack.path(), stack.weight()));
            }
        });
        try (FileChannel channel = FileChannel.open(
                fused.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafetensorsWriter.content(tensors, Map.of()).writeTo(channel);
        }
        try (LanguageModel found = LanguageModel.load(HuggingFaceFolder.open(fused))) {
            // where the values lie in memory may change how a product is rounded: 1.07e-6 on a Zen 4
            Tensor before = logits(model, golden.ids(0), Routing.NONE);
            assertClose(logits(found, golden.ids(0), Routing.NONE), before, 3e-6, "logits");
        }
        requireMerged(fused, "experts-patterns");
    }

    private static TensorContent content(String name, Tensor tensor) {
        return TensorContent.floats(name, Arrays.stream(tensor.shape()).boxed().toList(), tensor.toFloats());
    }

    @Test
    void aFreshOneChangesNothingAndHasAPairForEachExpert() {
        LoraConfig config = LoraConfig.rank(2).targetParameters(List.of(GATE_UP, DOWN));
        try (Adapter adapter = Adapter.create(model, config, 1)) {
            assertThat(adapter.lowRanks())
                    .containsOnlyKeys(
                            "model.layers.0." + GATE_UP,
                            "model.layers.0." + DOWN,
                            "model.layers.1." + GATE_UP,
                            "model.layers.1." + DOWN);
            // per layer: 4 experts of rank 2, [48, 32] and [32, 24]
            assertThat(adapter.parameters()).isEqualTo(2 * 4 * 2 * (48 + 32 + 32 + 24));
            int[] ids = golden.ids(0);
            Tensor adapted = logits(model, ids, AdapterRouting.of(adapter, ids.length));
            assertThat(adapted.sameBits(logits(model, ids, Routing.NONE))).isTrue();
            assertThat(adapter.tensors())
                    .containsKeys(
                            "base_model.model.model.layers.1.mlp.experts.lora_A.weight",
                            "base_model.model.model.layers.1.mlp.experts.base_layer.lora_B.weight");
        }
    }

    /** Invariant 28, for pairs that the tape sees through views of them. */
    @Test
    void recomputedBlocksTrainTheSameExperts() {
        try (Adapter plain = read("experts");
                Adapter recomputed = read("experts");
                Adapter before = read("experts")) {
            train(plain, false);
            train(recomputed, true);
            assertThat(recomputed.tensors().keySet()).isEqualTo(plain.tensors().keySet());
            plain.tensors().forEach((name, tensor) -> {
                assertClose(Objects.requireNonNull(recomputed.tensors().get(name)), tensor, 1e-6, name);
                assertThat(tensor.sameBits(
                                Objects.requireNonNull(before.tensors().get(name))))
                        .as(name)
                        .isFalse();
            });
        }
    }

    private void train(Adapter adapter, boolean recompute) {
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            BitSet trained = new BitSet();
            trained.set(1, golden.ids(i).length);
            rows.add(Example.causal(golden.ids(i), trained, new RowOrigin("mixtral", i + 1L)));
        }
        TrainingConfig config = TrainingConfig.builder()
                .maxSteps(2)
                .batchSize(2)
                .learningRate(1e-2)
                .recompute(recompute)
                .build();
        Trainer.of(model, TrainingTask.of("experts", adapter, Dataset.of(rows), config))
                .train();
    }

    @Test
    void allLinearMeansNeitherTheExpertsNorTheRouter() {
        LoraConfig config = LoraConfig.rank(2).targets(Targets.expression("all-linear"));
        try (Adapter adapter = Adapter.create(model, config, 1)) {
            assertThat(adapter.lowRanks().keySet())
                    .hasSize(8)
                    .allSatisfy(path -> assertThat(path).contains(".self_attn."));
        }
    }

    @Test
    void whatPeftRefusesOrCannotBeIsRefused() {
        LoraConfig config = LoraConfig.rank(2).targetParameters(List.of(DOWN));
        assertThatThrownBy(() -> config.dropout(0.1)).hasMessageContaining("lora_dropout");
        assertThatThrownBy(() -> config.dora(true)).hasMessageContaining("use_dora");
        refuse(config.targetParameters(List.of("experts.dwon_proj")), "did you mean down_proj");
        refuse(config.modulesToSave(List.of("experts")), "are not trained whole here");
        refuse(LoraConfig.rank(2).targets("down_proj"), "\"down_proj\" matches no linear layer");
        try (Adapter adapter = read("experts-down");
                InPlaceMerge inPlace = InPlaceMerge.of(model, List.of(adapter))) {
            assertThatThrownBy(() -> inPlace.merge("experts", adapter))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("experts");
            List<WeightedAdapter> sources = List.of(new WeightedAdapter("experts", adapter, 2));
            assertThatThrownBy(() -> AdapterCombination.combine(sources, CombinationMethod.cat()))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("cannot be combined");
        }
    }

    private void refuse(LoraConfig config, String reason) {
        assertThatThrownBy(() -> Adapter.create(model, config, 1))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining(reason);
    }
}
