package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import dev.lora4j.tensor.CrossEntropy;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRA beside DeBERTa's convolution, in one group as released models have it and in two, each against PEFT. */
class ConvolutionGoldenTest {
    private static final double TOLERANCE = 1e-5;
    private static final String B = "deberta.encoder.conv.conv.lora_B.weight";

    @TempDir
    Path folder;

    private static Path folder(Golden golden, String name) {
        return golden.folder.resolve("variants").resolve(variant(name));
    }

    private static String variant(String name) {
        return name.substring(name.indexOf('/') + 1);
    }

    private static Golden golden(String name) {
        return Golden.variants(name.substring(0, name.indexOf('/')));
    }

    private static Tensor logits(LanguageModel model, Tape tape, TokenBatch batch, Optional<Adapter> adapter) {
        SequenceHead head = model.sequenceHead(path -> adapter.flatMap(each -> each.savedLinear(path)));
        Tensor hidden = model.hidden(batch, routing(adapter, batch.sequences().tokens()), tape);
        Tensor rows = Tensor.of(head.plan().rows(batch.sequences()));
        return head.logits(
                tape, hidden, rows, routing(adapter, batch.sequences().count()));
    }

    private static Routing routing(Optional<Adapter> adapter, int rows) {
        return adapter.<Routing>map(each -> AdapterRouting.of(each, rows)).orElse(Routing.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deberta-v2-convolution/dora",
                "deberta-v2-convolution/rslora-lora-bias",
                "deberta-v2-convolution/bias-lora-only",
                "deberta-v2-convolution/patterns",
                "deberta-v2-classify/grouped-convolution"
            })
    void computesLearnsAndIsSavedAsInPeft(String name) {
        try (Scope scope = Scope.open();
                Golden golden = golden(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS);
                Adapter adapter = AdapterFolder.read(folder(golden, name), model)) {
            JsonNode facts = golden.json.path("variants").path(variant(name));
            assertThat(adapter.parameters())
                    .isEqualTo(facts.path("trained_parameters").asLong());
            Tensor found = logits(model, Tape.inference(), golden.examples(), Optional.of(adapter));
            assertClose(found, golden.tensor(variant(name) + ".logits"), TOLERANCE, name);
            requireGradients(golden, model, adapter, variant(name));
            AdapterFolder.write(adapter, golden.folder.getFileName().toString(), folder.resolve("written"));
            try (Adapter again = AdapterFolder.read(folder.resolve("written"), model)) {
                assertThat(again.digest()).isEqualTo(adapter.digest());
            }
        }
        requireFiles(Golden.folder(name.replace("/", "/variants/")), folder.resolve("written"));
    }

    private static void requireGradients(Golden golden, LanguageModel model, Adapter adapter, String variant) {
        JsonNode examples = golden.json.path("examples");
        long[] labels = new long[examples.size()];
        Arrays.setAll(labels, i -> examples.path(i).path("label").asLong());
        float[] weights = new float[labels.length];
        Arrays.fill(weights, 1f / labels.length);
        try (Tape tape = Tape.recording(adapter.tensors().values())) {
            Tensor logits = logits(model, tape, golden.examples(), Optional.of(adapter));
            Tensor losses = CrossEntropy.apply(
                    tape, logits, new CrossEntropy.Targets(Tensor.of(labels), Tensor.of(weights, labels.length), 0));
            JsonNode loss = golden.json.path("variants").path(variant).path("loss");
            assertThat(losses.mean(0).item()).isCloseTo(loss.asDouble(), within(TOLERANCE));
            tape.backward();
            adapter.tensors().forEach((name, tensor) -> {
                Tensor theirs = golden.tensor(variant + ".grad." + name);
                Tensor ours = tape.gradient(tensor).orElseThrow();
                boolean grouped = name.endsWith(B) && theirs.elements() < ours.elements();
                assertClose(
                        grouped ? halves(ours, theirs.size(1)) : ours.view(theirs.shape()), theirs, TOLERANCE, name);
            });
        }
    }

    /** The blocks of two groups one below the other; what is beside them must be zero. */
    private static Tensor halves(Tensor b, long rank) {
        long out = b.size(0) / 2;
        Tensor first = b.rows(0, out);
        Tensor second = b.rows(out, 2 * out);
        assertThat(first.narrow(1, rank, rank).square().sum().item()).isZero();
        assertThat(second.narrow(1, 0, rank).square().sum().item()).isZero();
        return Tensor.concatenate(first.narrow(1, 0, rank), second.narrow(1, rank, rank))
                .view(2 * out, rank, 1);
    }

    private static void requireFiles(Path theirs, Path ours) {
        ObjectNode expected = JsonFile.read(theirs.resolve("adapter_config.json"));
        assertThat(JsonFile.read(ours.resolve("adapter_config.json"))).isEqualTo(expected);
        Map<String, Object> shapes = shapes(theirs);
        // with trained biases PEFT saves those of a saved module twice more: its own again, and the base's
        shapes.keySet().removeIf(key -> key.contains(".original_module.") || key.contains(".modules_to_save."));
        assertThat(shapes(ours)).isEqualTo(shapes);
    }

    private static Map<String, Object> shapes(Path adapter) {
        return SafetensorsFile.open(adapter.resolve("adapter_model.safetensors")).tensors().values().stream()
                .collect(Collectors.toMap(
                        StoredTensor.Mapped::name, StoredTensor.Mapped::shape, (one, other) -> one, TreeMap::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deberta-v2-convolution/dora",
                "deberta-v2-convolution/rslora-lora-bias",
                "deberta-v2-convolution/bias-lora-only",
                "deberta-v2-convolution/patterns"
            })
    void mergesAsPeftAsAViewAndIntoAFolder(String name) {
        try (Scope scope = Scope.open();
                Golden golden = golden(name);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS);
                Adapter adapter = AdapterFolder.read(folder(golden, name), model);
                LanguageModel view = MergedModel.of(model, adapter);
                ModelFiles base = HuggingFaceFolder.open(golden.folder)) {
            Tensor expected = golden.tensor(variant(name) + ".merged");
            Tensor found = logits(view, Tape.inference(), golden.examples(), Optional.empty());
            assertClose(found, expected, TOLERANCE, name);
            MergedFolder.write(base, folder(golden, name), Optional.empty(), folder.resolve("merged"));
            try (LanguageModel merged = LanguageModel.load(HuggingFaceFolder.open(folder.resolve("merged")))) {
                Tensor again = logits(merged, Tape.inference(), golden.examples(), Optional.empty());
                assertClose(again, expected, TOLERANCE, name);
            }
        }
    }
}
