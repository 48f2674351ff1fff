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
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DoRA, biases, embeddings, modules trained whole and beginnings taken from W, each against PEFT. */
class AdapterVariantsGoldenTest {
    private static final double LOGITS = 1e-5;

    /** What PiSSA and OLoRA take from W they add again: the rounding of a large product counts twice (1.07e-5 with AVX-512). */
    private static final double LOGITS_OF_SPLIT_WEIGHTS = 2e-5;

    private static Tensor logits(LanguageModel model, int[] ids, Routing routing) {
        return model.logits(model.hidden(TokenBatch.of(List.of(ids)), routing, Tape.inference()), routing);
    }

    private static Path folder(Golden golden, String variant) {
        return golden.folder.resolve("variants").resolve(variant);
    }

    private static String model(String name) {
        return name.substring(0, name.indexOf('/'));
    }

    private static String variant(String name) {
        return name.substring(name.indexOf('/') + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama/dora",
                "llama/dora-rslora",
                "llama/lora-bias",
                "llama/embeddings",
                "llama/dora-embeddings",
                "llama/saved-modules",
                "llama/pissa",
                "llama/olora",
                "qwen2/bias-all",
                "qwen2/bias-lora-only",
                "qwen2/dora-bias-lora-only",
                "qwen2/lora-bias",
                "gemma3/saved-norms",
                "gemma3/embeddings",
                "gpt2/all-linear",
                "gpt2/dora",
                "gpt2/pissa",
                "gpt2/saved-conv1d",
                "gpt2/embeddings",
                "gpt2/bias-lora-only",
                "gpt2/fused-qv",
                "mixtral/experts",
                "mixtral/experts-down",
                "mixtral/experts-patterns"
            })
    void computesLearnsAndIsSavedAsInPeft(String name, @TempDir Path scratch) {
        String variant = variant(name);
        try (Scope scope = Scope.open();
                Golden golden = Golden.variants(model(name));
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(folder(golden, variant), model)) {
            assertThat(adapter.parameters())
                    .isEqualTo(golden.json
                            .path("variants")
                            .path(variant)
                            .path("trained_parameters")
                            .asLong());
            requireLogits(golden, model, adapter, variant);
            requireGradients(golden, model, adapter, variant);
            AdapterFolder.write(adapter, model(name), scratch.resolve("written"));
            try (Adapter again = AdapterFolder.read(scratch.resolve("written"), model)) {
                requireLogits(golden, model, again, variant);
            }
            requireFiles(folder(golden, variant), scratch.resolve("written"));
        }
    }

    private static void requireLogits(Golden golden, LanguageModel model, Adapter adapter, String variant) {
        for (int i = 0; i < 2; i++) {
            AdapterRouting routing = AdapterRouting.of(adapter, golden.ids(i).length);
            Tensor expected = golden.tensor(variant + ".logits." + i);
            assertClose(logits(model, golden.ids(i), routing), expected, tolerance(variant), variant);
        }
        Routing second = AdapterRouting.of(List.of(new AdapterRouting.Run(
                golden.ids(0).length, golden.ids(0).length + golden.ids(1).length, adapter, OptionalLong.empty())));
        Tensor hidden = model.hidden(TokenBatch.of(List.of(golden.ids(0), golden.ids(1))), second, Tape.inference());
        Tensor mixed = model.logits(hidden, second);
        long first = golden.ids(0).length;
        assertClose(
                mixed.rows(first, mixed.size(0)),
                golden.tensor(variant + ".logits.1"),
                tolerance(variant),
                "beside base rows");
        Tensor base = logits(model, golden.ids(0), Routing.NONE);
        assertClose(mixed.rows(0, first), base, LOGITS, "base rows");
    }

    private static double tolerance(String variant) {
        return variant.startsWith("pissa") || variant.startsWith("olora") ? LOGITS_OF_SPLIT_WEIGHTS : LOGITS;
    }

    private static void requireGradients(Golden golden, LanguageModel model, Adapter adapter, String variant) {
        Map<String, Tensor> parameters = adapter.tensors();
        long rows = (long) golden.ids(0).length + golden.ids(1).length;
        try (Tape tape = Tape.recording(parameters.values())) {
            LossOf loss = LossOf.on(tape, golden, model, AdapterRouting.of(adapter, rows), 0);
            assertThat(loss.mean())
                    .isCloseTo(
                            golden.json
                                    .path("variants")
                                    .path(variant)
                                    .path("loss")
                                    .asDouble(),
                            within(1e-5));
            tape.backward();
            parameters.forEach((parameter, tensor) -> {
                String plain = parameter.replace(".base_layer.", ".");
                String expected = variant + ".grad." + (golden.has(variant + ".grad." + parameter) ? parameter : plain);
                Tensor theirs = golden.tensor(expected);
                boolean turned = parameter.contains(".c_proj.weight"); // Conv1D's matrix is [in, out] there
                assertClose(
                        tape.gradient(tensor).orElseThrow(),
                        turned ? theirs.transpose(0, 1) : theirs,
                        LOGITS,
                        parameter);
            });
        }
    }

    /** PEFT's files of an unconverted beginning hold half of what ours do, and tables of the base that ours need not. */
    private static void requireFiles(Path theirs, Path ours) {
        ObjectNode expected = JsonFile.read(theirs.resolve("adapter_config.json"));
        ObjectNode found = JsonFile.read(ours.resolve("adapter_config.json"));
        boolean converted = List.of("pissa", "olora")
                .contains(expected.path("init_lora_weights").asText());
        if (converted) {
            assertThat(found.path("r").asInt()).isEqualTo(2 * expected.path("r").asInt());
            return;
        }
        expected.remove(List.of("peft_version", "auto_mapping"));
        expected.fieldNames()
                .forEachRemaining(key -> assertThat(found.path(key)).as(key).isEqualTo(expected.path(key)));
        Map<String, StoredTensor.Mapped> names =
                new TreeMap<>(SafetensorsFile.open(theirs.resolve("adapter_model.safetensors"))
                        .tensors());
        names.keySet().removeIf(tensor -> tensor.matches(".*(embed_tokens|wte|wpe)\\.base_layer\\.weight"));
        assertThat(new TreeMap<>(SafetensorsFile.open(ours.resolve("adapter_model.safetensors"))
                                .tensors())
                        .keySet())
                .isEqualTo(names.keySet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama/dora",
                "llama/dora-rslora",
                "llama/embeddings",
                "llama/dora-embeddings",
                "llama/saved-modules",
                "llama/pissa",
                "llama/olora",
                "qwen2/bias-all",
                "qwen2/bias-lora-only",
                "qwen2/dora-bias-lora-only",
                "qwen2/lora-bias",
                "gemma3/saved-norms",
                "gpt2/all-linear",
                "gpt2/dora",
                "gpt2/pissa",
                "gpt2/saved-conv1d",
                "gpt2/bias-lora-only",
                "gpt2/fused-qv",
                "mixtral/experts",
                "mixtral/experts-down",
                "mixtral/experts-patterns"
            })
    void mergesAsPeft(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.variants(model(name));
                LanguageModel model = golden.model();
                Adapter adapter = AdapterFolder.read(folder(golden, variant(name)), model);
                LanguageModel merged = MergedModel.of(model, adapter)) {
            Tensor found = logits(merged, golden.ids(0), Routing.NONE);
            assertClose(found, golden.tensor(variant(name) + ".merged.0"), tolerance(variant(name)), name);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"llama/pissa", "llama/olora", "gpt2/pissa", "llama/dora", "qwen2/lora-bias", "llama/embeddings"})
    void aMergedFolderIsPeftsMerge(String name, @TempDir Path scratch) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.variants(model(name));
                ModelFiles base = HuggingFaceFolder.open(golden.folder)) {
            MergedFolder.write(base, folder(golden, variant(name)), Optional.empty(), scratch.resolve("merged"));
            try (LanguageModel merged = LanguageModel.load(HuggingFaceFolder.open(scratch.resolve("merged")))) {
                Tensor found = logits(merged, golden.ids(0), Routing.NONE);
                assertClose(found, golden.tensor(variant(name) + ".merged.0"), tolerance(variant(name)), name);
            }
        }
    }

    @Test
    void anAdapterThatBeganWithTheWeightsIsNotReadOntoAnOutline() {
        try (Golden golden = Golden.variants("llama");
                ModelFiles base = HuggingFaceFolder.open(golden.folder);
                LanguageModel outline = LanguageModel.outline(base, ModelTask.CAUSAL_LM)) {
            assertThatThrownBy(() -> AdapterFolder.read(folder(golden, "pissa"), outline))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("began with a part of the base's weights");
        }
    }
}
