package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.SequenceHead;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.MeanPooling;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Encoders and heads for sequences against transformers, their adapters against PEFT.
 *
 * <p>Text pairs and unequal lengths are packed in one batch here and run one by one there.
 */
class EncoderGoldenTest {
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#encoderCases")
    void hiddenStatesAndMeanEmbeddings(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                LanguageModel merged = MergedModel.of(model, adapter)) {
            TokenBatch batch = golden.examples();
            AdapterRouting routing =
                    AdapterRouting.of(adapter, batch.sequences().tokens());
            check(golden, batch, model, Routing.NONE, "");
            check(golden, batch, model, routing, "adapter.");
            check(golden, batch, merged, Routing.NONE, "merged.");
        }
    }

    private static void check(Golden golden, TokenBatch batch, LanguageModel model, Routing routing, String prefix) {
        Tensor hidden = model.hidden(batch, routing, Tape.inference());
        Tensor means = MeanPooling.apply(Tape.inference(), hidden, batch.sequences());
        Tensor unit = means.dividedBy(means.norm(-1));
        for (int i = 0; i < batch.sequences().count(); i++) {
            int start = batch.sequences().offset(i);
            int end = start + batch.sequences().length(i);
            assertClose(
                    hidden.rows(start, end),
                    squeezed(golden, prefix + "hidden." + i),
                    TOLERANCE,
                    prefix + "hidden " + i);
            assertClose(
                    unit.rows(i, i + 1).view(-1),
                    golden.tensor(prefix + "mean_embedding." + i).view(-1),
                    TOLERANCE,
                    "mean");
        }
    }

    private static Tensor squeezed(Golden golden, String name) {
        Tensor tensor = golden.tensor(name);
        return tensor.view(-1, tensor.size(-1));
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#sequenceCases")
    void logitsOfClassifiers(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model);
                LanguageModel merged = MergedModel.of(model, adapter)) {
            TokenBatch batch = golden.examples();
            assertClose(logits(model, Optional.empty(), batch), golden.tensor("logits"), TOLERANCE, "base");
            assertClose(
                    logits(model, Optional.of(adapter), batch), golden.tensor("adapter.logits"), TOLERANCE, "adapter");
            assertClose(logits(merged, Optional.empty(), batch), golden.tensor("merged.logits"), TOLERANCE, "merged");
        }
    }

    private static Tensor logits(LanguageModel model, Optional<Adapter> adapter, TokenBatch batch) {
        SequenceHead head = model.sequenceHead(path -> adapter.flatMap(each -> each.savedLinear(path)));
        Tensor hidden = model.hidden(batch, routing(adapter, batch.sequences().tokens()), Tape.inference());
        Tensor rows = Tensor.of(head.plan().rows(batch.sequences()));
        return head.logits(
                Tape.inference(),
                hidden,
                rows,
                routing(adapter, batch.sequences().count()));
    }

    private static Routing routing(Optional<Adapter> adapter, int rows) {
        return adapter.<Routing>map(each -> AdapterRouting.of(each, rows)).orElse(Routing.NONE);
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#sequenceCases")
    void aMergedFolderIsAModelWithPeftsMergedLogits(String name) {
        Path output = folder.resolve("merged");
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                ModelFiles base = HuggingFaceFolder.open(golden.folder)) {
            MergedFolder.write(base, golden.folder.resolve("adapter"), Optional.empty(), output);
            try (ModelFiles files = HuggingFaceFolder.open(output);
                    LanguageModel merged = LanguageModel.load(files)) {
                assertThat(files.tensors().keySet()).isEqualTo(base.tensors().keySet());
                assertThat(files.config().path("architectures"))
                        .isEqualTo(base.config().path("architectures"));
                assertThat(files.config().path("id2label").size())
                        .isEqualTo((int) golden.tensor("logits").size(1));
                assertClose(
                        logits(merged, Optional.empty(), golden.examples()),
                        golden.tensor("merged.logits"),
                        TOLERANCE,
                        name);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lora4j.golden.Golden#sequenceCases")
    void keysShapesAndConfigurationAreThoseThatPeftWrites(String name) {
        try (Golden golden = Golden.of(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS);
                Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model)) {
            AdapterFolder.write(adapter, name, folder.resolve("written"));
        }
        Path peft = Golden.folder(name).resolve("adapter");
        SafetensorsFile ours = SafetensorsFile.open(folder.resolve("written/adapter_model.safetensors"));
        SafetensorsFile theirs = SafetensorsFile.open(peft.resolve("adapter_model.safetensors"));
        Map<String, StoredTensor.Mapped> expected = new TreeMap<>(theirs.tensors());
        // with trained biases PEFT saves those of a saved module twice more: its own again, and the base's
        expected.keySet().removeIf(key -> key.contains(".original_module.") || key.contains(".modules_to_save."));
        assertThat(ours.tensors().keySet()).isEqualTo(expected.keySet());
        expected.forEach((key, tensor) -> assertThat(
                        Objects.requireNonNull(ours.tensors().get(key)).shape())
                .as(key)
                .isEqualTo(tensor.shape()));
        assertThat(JsonFile.read(folder.resolve("written/adapter_config.json")))
                .isEqualTo(JsonFile.read(peft.resolve("adapter_config.json")));
    }
}
