package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.InPlaceMerge;
import dev.lora4j.lora.Initialization;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.ModuleChange;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.model.UnsupportedModelException;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A base whose matrices are compressed computes what the same values as float32 compute; one that multiplies bytes does
 * not, see {@link Int8ComputeTest}.
 */
class WeightFormatTest {
    private static final List<String> MODELS = List.of("llama", "llama-tied", "qwen2", "gemma2", "gemma3", "gpt2");

    /** Sums in another order. */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder;

    static Stream<Arguments> cases() {
        return Arrays.stream(WeightFormat.values())
                .filter(format -> format != WeightFormat.INT8_PRODUCTS)
                .flatMap(format -> MODELS.stream().map(model -> Arguments.of(format, model)));
    }

    private static LanguageModel load(String name, WeightFormat format) {
        return load(name, format, ModelTask.CAUSAL_LM);
    }

    private static LanguageModel load(String name, WeightFormat format, ModelTask task) {
        ModelFiles files = HuggingFaceFolder.open(Golden.folder(name));
        return LanguageModel.load(
                format == WeightFormat.STORED ? BlockFiles.of(files) : files, task, Device.CPU, format);
    }

    /** A view of a model in which every matrix is a float32 tensor of the same values. */
    private static LanguageModel dequantised(LanguageModel model) {
        Scope owner = Scope.shared();
        return model.with(
                module -> {
                    boolean matrix = module instanceof Linear || module instanceof EmbeddingTable;
                    return matrix
                            ? new ModuleChange.Values(owner.keep(module.weight().copy()), module.bias())
                            : ModuleChange.Values.unchanged(module);
                },
                List.of(),
                owner);
    }

    private static Tensor logits(LanguageModel model, int[] ids, Routing routing) {
        Tensor hidden = model.hidden(TokenBatch.of(List.of(ids)), routing, Tape.inference());
        return model.logits(hidden, routing, Tape.inference());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossesGradientsAndGreedyTokensAreThoseOfTheValues(WeightFormat format, String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel compressed = load(name, format);
                LanguageModel dense = dequantised(compressed);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), compressed)) {
            Map<String, Tensor> expected = new LinkedHashMap<>();
            double loss = step(golden, dense, adapter, expected);
            Map<String, Tensor> found = new LinkedHashMap<>();
            assertThat(step(golden, compressed, adapter, found)).isCloseTo(loss, within(TOLERANCE));
            expected.forEach(
                    (key, gradient) -> assertClose(Objects.requireNonNull(found.get(key)), gradient, TOLERANCE, key));
            GenerationSettings settings = GenerationSettings.greedy(12);
            assertThat(Generator.of(compressed, adapter)
                            .generate(golden.ids(0), settings)
                            .tokens())
                    .containsExactly(Generator.of(dense, adapter)
                            .generate(golden.ids(0), settings)
                            .tokens());
        }
    }

    private static double step(Golden golden, LanguageModel model, Adapter adapter, Map<String, Tensor> gradients) {
        long rows = (long) golden.ids(0).length + golden.ids(1).length;
        try (Tape tape = Tape.recording(adapter.tensors().values())) {
            LossOf loss = LossOf.on(tape, golden, model, AdapterRouting.of(adapter, rows), 0);
            tape.backward();
            adapter.tensors()
                    .forEach((key, tensor) -> gradients.put(
                            key, tape.gradient(tensor).orElseThrow().copy()));
            return loss.mean();
        }
    }

    /** Rounding moves the logits, by as much as the format is coarse: else nothing would have been rounded. */
    @ParameterizedTest
    @MethodSource("cases")
    void theValuesAreThoseOfTheFormat(WeightFormat format, String name) {
        double coarsest = Map.of(
                        WeightFormat.F32,
                        0.0,
                        WeightFormat.PACKED,
                        0.0,
                        WeightFormat.BF16,
                        0.004,
                        WeightFormat.INT8,
                        0.004,
                        WeightFormat.NF4,
                        0.16,
                        WeightFormat.STORED,
                        0.008)
                .get(format);
        try (Scope scope = Scope.open();
                LanguageModel found = load(name, format);
                LanguageModel exact = load(name, WeightFormat.F32)) {
            assertThat(found.weightFormat()).isEqualTo(format);
            for (int i = 0; i < exact.linears().size(); i++) {
                Tensor weight = exact.linears().get(i).weight();
                double size = format == WeightFormat.STORED ? 1 : largest(weight);
                double error = largest(found.linears().get(i).weight().minus(weight));
                assertThat(error).isBetween(coarsest * size / 80, coarsest * size); // nf4's output layer is int8
            }
            assertThat(found.matrixBytes() < exact.matrixBytes()).isEqualTo(!format.isFloat32());
        }
    }

    private static double largest(Tensor values) {
        float largest = 0;
        for (float value : values.toFloats()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INT8_PRODUCTS")
    void aClassifiersLogitsAreThoseOfTheValues(WeightFormat format) {
        for (String name : List.of("bert-classify", "deberta-v3-classify", "llama-classify")) {
            try (Scope scope = Scope.open();
                    Golden golden = Golden.of(name);
                    LanguageModel compressed = load(name, format, ModelTask.SEQ_CLS);
                    LanguageModel dense = dequantised(compressed)) {
                assertClose(classes(compressed, golden), classes(dense, golden), TOLERANCE, name);
            }
        }
    }

    private static Tensor classes(LanguageModel model, Golden golden) {
        TokenBatch batch = golden.examples();
        Tensor hidden = model.hidden(batch, Routing.NONE, Tape.inference());
        return model.sequenceHead(path -> Optional.empty())
                .logits(Tape.inference(), hidden, Tensor.of(model.headPlan().rows(batch.sequences())), Routing.NONE);
    }

    /** Half-precision values of a safetensors file are read where they lie. */
    @Test
    void aFileOfHalvesIsKeptAsItIs() throws IOException {
        try (Golden golden = Golden.of("llama-tied")) {
            Path halves = folder.resolve("halves");
            try (ModelFiles files = HuggingFaceFolder.open(golden.folder);
                    LanguageModel base = LanguageModel.load(files);
                    Adapter adapter = Adapter.create(base, LoraConfig.rank(1), 1)) {
                AdapterFolder.write(adapter, "base", folder.resolve("adapter"));
                MergedFolder.write(files, folder.resolve("adapter"), Optional.of(ElementType.BF16), halves);
            }
            try (Scope scope = Scope.open();
                    ModelFiles files = HuggingFaceFolder.open(halves);
                    LanguageModel stored =
                            LanguageModel.load(files, ModelTask.CAUSAL_LM, Device.CPU, WeightFormat.STORED);
                    LanguageModel exact = LanguageModel.load(files)) {
                assertThat(stored.matrixBytes() * 2).isEqualTo(exact.matrixBytes());
                for (int i = 0; i < exact.linears().size(); i++) {
                    Tensor weight = exact.linears().get(i).weight();
                    assertThat(stored.linears().get(i).weight().sameBits(weight))
                            .isTrue();
                }
                assertClose(
                        logits(stored, golden.ids(0), Routing.NONE),
                        logits(exact, golden.ids(0), Routing.NONE),
                        1e-5,
                        "logits");
            }
        }
    }

    /** Views merge into the values of the format; what is not merged stays compressed. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INT8_PRODUCTS")
    void mergedViewsAreThoseOfTheValues(WeightFormat format) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("llama-tied");
                LanguageModel compressed = load("llama-tied", format);
                LanguageModel dense = dequantised(compressed);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), compressed);
                LanguageModel found = MergedModel.of(compressed, adapter);
                LanguageModel expected = MergedModel.of(dense, adapter);
                InPlaceMerge inPlace = InPlaceMerge.of(compressed, List.of(adapter))) {
            int[] ids = golden.ids(0);
            Tensor logits = logits(expected, ids, Routing.NONE);
            assertClose(logits(found, ids, Routing.NONE), logits, TOLERANCE, "merged");
            inPlace.merge("adapter", adapter);
            assertClose(logits(inPlace.model(), ids, Routing.NONE), logits, TOLERANCE, "in place");
            inPlace.reset();
            Tensor before = logits(dense, ids, Routing.NONE);
            assertClose(logits(inPlace.model(), ids, Routing.NONE), before, TOLERANCE, "reset");
        }
    }

    /** What an adapter takes from the base is taken from the values of the format. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "INT8_PRODUCTS")
    void adaptersBeginAsOverTheValues(WeightFormat format) {
        LoraConfig plain = LoraConfig.rank(4);
        List<LoraConfig> shapes = List.of(
                plain.initialization(Initialization.PISSA),
                plain.initialization(Initialization.OLORA),
                plain.dora(true),
                plain.targets("q_proj", "embed_tokens").dora(true),
                plain.modulesToSave(List.of("embed_tokens", "up_proj")));
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("llama");
                LanguageModel compressed = load("llama", format);
                LanguageModel dense = dequantised(compressed)) {
            for (LoraConfig shape : shapes) {
                try (Adapter found = Adapter.create(compressed, shape, 3);
                        Adapter expected = Adapter.create(dense, shape, 3)) {
                    expected.tensors()
                            .forEach((name, tensor) -> assertClose(
                                    Objects.requireNonNull(found.tensors().get(name)), tensor, 1e-5, name));
                    found.refresh();
                    int[] ids = golden.ids(0);
                    assertClose(
                            logits(compressed, ids, AdapterRouting.of(found, ids.length)),
                            logits(dense, ids, AdapterRouting.of(expected, ids.length)),
                            TOLERANCE,
                            "logits of rank " + shape.rank());
                }
            }
        }
    }

    @Test
    void theSameValuesInAnotherOrderAreTheSameBase() {
        assertThat(fingerprint(WeightFormat.PACKED)).isEqualTo(fingerprint(WeightFormat.F32));
    }

    @Test
    void aBaseOfAnotherFormatIsAnotherBase() {
        List<String> fingerprints = Arrays.stream(WeightFormat.values())
                .filter(format -> format != WeightFormat.INT8_PRODUCTS && format != WeightFormat.PACKED)
                .map(WeightFormatTest::fingerprint)
                .toList();
        assertThat(fingerprints).doesNotHaveDuplicates();
        assertThat(fingerprints).anyMatch(each -> each.endsWith("-nf4"));
    }

    @Test
    @ExtendWith(ExactBytes.class)
    void aBaseThatMultipliesBytesIsAnotherThanOneThatOnlyKeepsThem() {
        assertThat(fingerprint(WeightFormat.INT8_PRODUCTS)).isNotEqualTo(fingerprint(WeightFormat.INT8));
    }

    private static String fingerprint(WeightFormat format) {
        try (LanguageModel model = load("llama", format)) {
            return model.fingerprint();
        }
    }

    @Test
    void expertsAreRefusedByName() {
        assertThatThrownBy(() -> load("mixtral", WeightFormat.INT8))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("cannot be kept as int8")
                .hasMessageContaining("f32");
    }

    @Test
    void anotherDeviceThanTheProcessorIsRefused() {
        try (ModelFiles files = HuggingFaceFolder.open(Golden.folder("llama"))) {
            Device device = new Device(Device.Kind.CUDA, 0);
            assertThatThrownBy(() -> LanguageModel.load(files, ModelTask.CAUSAL_LM, device, WeightFormat.NF4))
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining("nf4 on the processor only, not on cuda:0");
        }
    }
}
