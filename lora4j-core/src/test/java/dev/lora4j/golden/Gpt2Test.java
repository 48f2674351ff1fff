package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.InPlaceMerge;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.model.UnsupportedModelException;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

/** What is GPT-2's own: matrices stored as [in, out], a fused projection, learned positions, files of two kinds. */
class Gpt2Test {
    private static final String FUSED = "transformer.h.0.attn.c_attn";

    @TempDir
    private Path folder;

    private Scope scope;
    private Golden golden;
    private LanguageModel model;

    @BeforeEach
    void open() {
        scope = Scope.open();
        golden = Golden.of("gpt2");
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

    private Linear linear(LanguageModel of, String path) {
        return of.linears().stream()
                .filter(each -> each.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private Tensor stored(Path file, String name) {
        StoredTensor.Mapped found =
                Objects.requireNonNull(SafetensorsFile.open(file).tensors().get(name), name);
        long[] shape = found.shape().stream().mapToLong(Long::longValue).toArray();
        try (MappedFile mapped = MappedFile.open(file)) {
            return mapped.tensor(found.offset(), DType.F32, shape);
        }
    }

    private Adapter trained(String... targets) {
        Adapter adapter = Adapter.create(model, LoraConfig.rank(3).alpha(6).targets(targets), 5);
        adapter.tensors()
                .forEach((name, tensor) ->
                        tensor.copyFrom(Random.normal(name.hashCode(), 0.2, tensor.size(0), tensor.size(1))));
        return adapter;
    }

    private void merge(Adapter adapter, String base) {
        AdapterFolder.write(adapter, base, folder.resolve("adapter"));
        try (ModelFiles files = HuggingFaceFolder.open(Golden.folder(base))) {
            MergedFolder.write(files, folder.resolve("adapter"), Optional.empty(), folder.resolve("merged"));
        }
    }

    @Test
    void theMatrixIsAViewOfWhatIsStored() {
        Tensor seen = linear(model, FUSED).weight();
        Tensor file = stored(golden.folder.resolve("model.safetensors"), FUSED + ".weight");
        assertThat(file.shape()).containsExactly(32, 96);
        assertThat(seen.isContiguous()).isFalse();
        assertThat(seen.transpose(0, 1).sameBits(file)).isTrue();
    }

    /** Invariant 18: the update of a matrix stored as [in, out] is (s·B·A)ᵀ, here element by element in float64. */
    @Test
    void mergingWritesTheTransposedUpdateIntoTheStoredLayout() {
        try (Adapter adapter = trained("c_attn", "mlp.c_proj")) {
            merge(adapter, "gpt2");
            Path before = golden.folder.resolve("model.safetensors");
            Path after = folder.resolve("merged/model.safetensors");
            adapter.lowRanks()
                    .forEach((path, pair) ->
                            requireUpdate(stored(before, path + ".weight"), stored(after, path + ".weight"), pair));
            assertThat(adapter.lowRanks()).hasSize(4);
            String other = "transformer.h.0.attn.c_proj.weight";
            assertThat(stored(after, other).sameBits(stored(before, other))).isTrue();
        }
    }

    private static void requireUpdate(Tensor before, Tensor after, LowRank pair) {
        int in = (int) before.size(0);
        int out = (int) before.size(1);
        double[] w = before.toDoubles();
        double[] found = after.toDoubles();
        double[] a = pair.a().toDoubles();
        double[] b = pair.b().toDoubles();
        for (int i = 0; i < in; i++) {
            for (int o = 0; o < out; o++) {
                double delta = 0;
                for (int r = 0; r < 3; r++) {
                    delta += 2 * b[o * 3 + r] * a[r * in + i];
                }
                assertThat(found[i * out + o]).isCloseTo(w[i * out + o] + delta, within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dora", "saved-conv1d", "bias-lora-only", "all-linear"})
    void theMergedFolderGivesPeftsMergedLogits(String variant) {
        try (Golden variants = Golden.variants("gpt2");
                ModelFiles base = HuggingFaceFolder.open(golden.folder)) {
            Path adapter = golden.folder.resolve("variants").resolve(variant);
            MergedFolder.write(base, adapter, Optional.empty(), folder.resolve("merged"));
            try (LanguageModel merged = LanguageModel.load(HuggingFaceFolder.open(folder.resolve("merged")))) {
                Tensor found = logits(merged, golden.ids(0), Routing.NONE);
                assertClose(found, variants.tensor(variant + ".merged.0"), 1e-5, variant);
            }
        }
    }

    @Test
    void mergingInPlaceAndOutAgainWorksOnTransposedMatrices() {
        try (Adapter adapter = trained("c_attn", "wte");
                InPlaceMerge inPlace = InPlaceMerge.of(model, List.of(adapter))) {
            int[] ids = golden.ids(0);
            inPlace.merge("one", adapter);
            Tensor expected = logits(model, ids, AdapterRouting.of(adapter, ids.length));
            assertClose(logits(inPlace.model(), ids, Routing.NONE), expected, 1e-5, "merged");
            inPlace.unmerge("one");
            // subtraction in float32 leaves rounding of the weights
            assertClose(logits(inPlace.model(), ids, Routing.NONE), golden.tensor("logits.0"), 1e-5, "out again");
        }
    }

    /** PEFT would change the output layer too; here the two are untied, so that the adapted model stays what it is. */
    @Test
    void anAdaptedEmbeddingIsUntiedFromTheOutputLayerWhenMerged() {
        try (Adapter adapter = trained("wte", "wpe");
                LanguageModel view = MergedModel.of(model, adapter)) {
            int[] ids = golden.ids(0);
            Tensor expected = logits(model, ids, AdapterRouting.of(adapter, ids.length));
            assertClose(logits(view, ids, Routing.NONE), expected, 1e-5, "view");
            merge(adapter, "gpt2");
            assertThat(JsonFile.read(folder.resolve("merged/config.json"))
                            .path("tie_word_embeddings")
                            .asBoolean(true))
                    .isFalse();
            try (LanguageModel merged = LanguageModel.load(HuggingFaceFolder.open(folder.resolve("merged")))) {
                assertClose(logits(merged, ids, Routing.NONE), expected, 1e-5, "folder");
            }
        }
    }

    @Test
    void theFlagInAPeftFileMattersNotAndIsWrittenAsTheModelHasIt() throws IOException {
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        Path original = golden.folder.resolve("adapter");
        Files.copy(original.resolve("adapter_model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        ObjectNode config = JsonFile.read(original.resolve("adapter_config.json"));
        Files.writeString(
                adapter.resolve("adapter_config.json"),
                config.put("fan_in_fan_out", false).toString());
        try (Adapter read = AdapterFolder.read(adapter, model)) {
            Tensor found = logits(model, golden.ids(0), AdapterRouting.of(read, golden.ids(0).length));
            assertClose(found, golden.tensor("adapter.logits.0"), 1e-5, "logits");
            AdapterFolder.write(read, "gpt2", folder.resolve("again"));
        }
        assertThat(JsonFile.read(folder.resolve("again/adapter_config.json")))
                .isEqualTo(JsonFile.read(original.resolve("adapter_config.json")));
        try (LanguageModel llama = Golden.of("llama").model();
                Adapter plain = Adapter.create(llama, LoraConfig.rank(2).targets("q_proj"), 1)) {
            AdapterFolder.write(plain, "llama", folder.resolve("plain"));
        }
        assertThat(JsonFile.read(folder.resolve("plain/adapter_config.json"))
                        .path("fan_in_fan_out")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void aWholeConv1dGoesIntoFilesAsStoredAndComesBack() {
        LoraConfig config = LoraConfig.rank(2).targets("c_attn").modulesToSave(List.of("mlp.c_fc"));
        String name = "base_model.model.transformer.h.1.mlp.c_fc.weight";
        try (Adapter adapter = Adapter.create(model, config, 1);
                Adapter other = Adapter.create(model, config, 2)) {
            adapter.tensors().values().forEach(tensor -> tensor.addInPlace(0.25));
            AdapterFolder.write(adapter, "gpt2", folder.resolve("a"));
            Path file = folder.resolve("a/adapter_model.safetensors");
            Map<String, Tensor> stored = new LinkedHashMap<>();
            SafetensorsFile.open(file).tensors().keySet().forEach(key -> stored.put(key, stored(file, key)));
            Tensor base = stored(golden.folder.resolve("model.safetensors"), "transformer.h.1.mlp.c_fc.weight");
            assertThat(Objects.requireNonNull(stored.get(name)).sameBits(base.plus(0.25)))
                    .isTrue();
            other.restore(stored);
            assertThat(other.digest()).isEqualTo(adapter.digest());
        }
    }

    @Test
    void theUsualTargetIsTheFusedProjection() {
        try (Adapter adapter = Adapter.create(model, LoraConfig.rank(4), 1)) {
            assertThat(adapter.lowRanks()).containsOnlyKeys(FUSED, "transformer.h.1.attn.c_attn");
            // 4 · (32 + 96) in each of two layers
            assertThat(adapter.parameters()).isEqualTo(1024);
        }
    }

    @Test
    void moreTokensThanPositionsAreRefusedBeforeNativeCode() {
        assertThatThrownBy(() -> logits(model, new int[65], Routing.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sequence 0 has 65 tokens, the model takes 64");
        assertThat(logits(model, new int[64], Routing.NONE).shape()).containsExactly(64, 96);
    }

    @Test
    void anotherShapeOfModelIsRefused() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.copy(golden.folder.resolve("model.safetensors"), other.resolve("model.safetensors"));
        ObjectNode config = JsonFile.read(golden.folder.resolve("config.json"));
        refuse(other, config.deepCopy().put("add_cross_attention", true), "add_cross_attention");
        refuse(other, config.deepCopy().put("n_head", 5), "n_head\" is 5; expected a divisor of n_embd, which is 32");
        refuse(other, config.deepCopy().put("n_layer", 1), "have no place in a gpt2 model");
    }

    private static void refuse(Path folder, ObjectNode config, String reason) throws IOException {
        Files.writeString(folder.resolve("config.json"), config.toString());
        assertThatThrownBy(() -> LanguageModel.load(HuggingFaceFolder.open(folder)))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(reason);
    }
}
