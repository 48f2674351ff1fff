package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.Targets;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merged folders, loaded again, give the logits of PEFT's {@code merge_and_unload}. */
class MergedFolderGoldenTest {
    @TempDir
    Path folder;

    private static Tensor logits(LanguageModel model, int[] ids, Routing routing) {
        Tensor hidden = model.hidden(TokenBatch.of(List.of(ids)), routing, Tape.inference());
        return model.logits(hidden, routing);
    }

    private static MergedFolder.Report merge(Path model, Path adapter, Optional<ElementType> type, Path output) {
        try (ModelFiles base = HuggingFaceFolder.open(model)) {
            return MergedFolder.write(base, adapter, type, output);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "mistral",
                "mixtral",
                "qwen2",
                "qwen3",
                "gemma3",
                "gemma3-softcap",
                "gpt2",
                "gpt2-old"
            })
    void theFolderGivesPeftsMergedLogits(String name) {
        Path merged = folder.resolve("merged");
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name)) {
            merge(golden.folder, golden.folder.resolve("adapter"), Optional.empty(), merged);
            try (LanguageModel model = LanguageModel.load(HuggingFaceFolder.open(merged))) {
                for (int i = 0; i < 2; i++) {
                    // float32 in another order of additions
                    assertClose(
                            logits(model, golden.ids(i), Routing.NONE),
                            golden.tensor("merged.logits." + i),
                            1e-5,
                            name);
                }
            }
        }
    }

    @Test
    void aTiedOutputLayerIsUntiedAndTheEmbeddingStays() {
        Path merged = folder.resolve("merged");
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("llama-tied");
                LanguageModel base = golden.model();
                Adapter adapter =
                        Adapter.create(base, LoraConfig.rank(2).targets(Targets.named("lm_head", "q_proj")), 7)) {
            adapter.lowRanks()
                    .forEach((path, pair) -> pair.b()
                            .copyFrom(Random.normal(
                                    path.length(),
                                    0.1,
                                    pair.b().size(0),
                                    pair.b().size(1))));
            AdapterFolder.write(adapter, "llama-tied", folder.resolve("adapter"));
            MergedFolder.Report report = merge(golden.folder, folder.resolve("adapter"), Optional.empty(), merged);
            assertThat(report.untied()).isTrue();
            assertThat(JsonFile.read(merged.resolve("config.json"))
                            .path("tie_word_embeddings")
                            .asBoolean(true))
                    .isFalse();
            int[] ids = golden.ids(0);
            try (LanguageModel model = LanguageModel.load(HuggingFaceFolder.open(merged))) {
                assertClose(
                        logits(model, ids, Routing.NONE),
                        logits(base, ids, AdapterRouting.of(adapter, ids.length)),
                        1e-5,
                        "untied");
            }
        }
    }

    @Test
    void everyFloatingTensorGetsTheWantedType() {
        Path merged = folder.resolve("merged");
        try (Golden golden = Golden.of("llama")) {
            merge(golden.folder, golden.folder.resolve("adapter"), Optional.of(ElementType.BF16), merged);
        }
        try (ModelFiles files = HuggingFaceFolder.open(merged)) {
            assertThat(files.config().path("dtype").asText()).isEqualTo("bfloat16");
            assertThat(files.tensors().values())
                    .hasSize(21)
                    .allSatisfy(tensor ->
                            assertThat(((StoredTensor.Mapped) tensor).type()).isEqualTo(ElementType.BF16));
        }
    }

    @Test
    void aFolderWithSomethingInItIsLeftAlone() throws IOException {
        Path taken = Files.createDirectories(folder.resolve("taken"));
        Files.writeString(taken.resolve("mine.txt"), "mine");
        try (Golden golden = Golden.of("llama")) {
            assertThatThrownBy(() -> merge(golden.folder, golden.folder.resolve("adapter"), Optional.empty(), taken))
                    .isInstanceOf(FileAccessException.class)
                    .hasMessageContaining("already exists");
        }
        assertThat(taken).isDirectoryContaining("glob:**mine.txt");
        assertThat(Files.readString(taken.resolve("mine.txt"))).isEqualTo("mine");
    }

    @Test
    void aMergeThatFailsWhileItWritesLeavesNothing() throws IOException {
        Path enlarged = Files.createDirectories(folder.resolve("adapter"));
        try (Golden golden = Golden.of("llama")) {
            Path original = golden.folder.resolve("adapter");
            Files.copy(original.resolve("adapter_model.safetensors"), enlarged.resolve("adapter_model.safetensors"));
            ObjectNode config = JsonFile.read(original.resolve("adapter_config.json"));
            Files.writeString(
                    enlarged.resolve("adapter_config.json"),
                    config.put("lora_alpha", 1e30).toString());
            Optional<ElementType> narrow = Optional.of(ElementType.F16);
            assertThatThrownBy(() -> merge(golden.folder, enlarged, narrow, folder.resolve("merged")))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("NaN or infinite as F16");
        }
        assertThat(folder.toFile().list()).containsExactly("adapter");
    }

    @Test
    void aFailedMergeLeavesNothing() {
        try (Golden golden = Golden.of("qwen3")) {
            Path other = Golden.folder("llama").resolve("adapter");
            assertThatThrownBy(() -> merge(golden.folder, other, Optional.empty(), folder.resolve("merged")))
                    .hasMessageContaining("another base");
        }
        assertThat(folder).isEmptyDirectory();
    }
}
