package dev.lora4j.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read without the base is what is read with it, bit for bit. */
class AdapterPairsTest {
    private static final String QUERY = "base_model.model.layers.0.q_proj";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama/adapter",
                "llama/variants/all-linear",
                "llama/variants/dora",
                "llama/variants/embeddings",
                "llama/variants/lora-bias",
                "llama/variants/patterns",
                "llama/variants/rslora",
                "llama/variants/saved-modules",
                "gpt2/variants/embeddings",
                "gpt2/variants/fused-qv",
                "gpt2/variants/saved-conv1d",
                "deberta-v2-convolution/adapter",
                "deberta-v2-convolution/variants/dora",
                "mixtral/variants/experts",
                "mixtral/variants/experts-down"
            })
    void pairsReadWithoutTheBaseAreThoseReadWithIt(String name) {
        String base = name.substring(0, name.indexOf('/'));
        Path path = SmallModel.folder(name);
        try (Scope scope = Scope.open();
                LanguageModel outline = AdapterFolder.base(
                        HuggingFaceFolder.open(SmallModel.folder(base)),
                        AdapterFolder.task(path, ModelTask.CAUSAL_LM),
                        List.of(path));
                Adapter adapter = AdapterFolder.read(path, outline);
                AdapterPairs pairs = AdapterPairs.read(path)) {
            Map<String, LowRank> expected = byExpert(adapter, outline);
            assertThat(pairs.all().keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            expected.forEach((key, pair) -> {
                LowRank found = Objects.requireNonNull(pairs.all().get(key));
                assertThat(found.a().sameBits(pair.a())).as(key).isTrue();
                assertThat(found.b().sameBits(pair.b())).as(key).isTrue();
                assertThat(found.scaling()).as(key).isEqualTo(pair.scaling());
            });
        }
    }

    private static Map<String, LowRank> byExpert(Adapter adapter, LanguageModel model) {
        Map<String, LowRank> expected = new LinkedHashMap<>(adapter.lowRanks());
        for (String path : adapter.parts().experts()) {
            ExpertStack stack = model.modules().stream()
                    .filter(module -> module.path().equals(path))
                    .map(ExpertStack.class::cast)
                    .findFirst()
                    .orElseThrow();
            LowRank stacked = Objects.requireNonNull(expected.remove(path));
            String inFile = ExpertPairs.module(path, adapter.parts().experts());
            for (int expert = 0; expert < stack.experts(); expert++) {
                expected.put(inFile + "[" + expert + "]", stack.pair(stacked, expert));
            }
        }
        return expected;
    }

    private void write(String config, TensorContent... tensors) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", " + config + "}");
        SafetensorsWriter.write(folder.resolve("adapter_model.safetensors"), List.of(tensors));
    }

    private static TensorContent tensor(String name, long rows, long columns) {
        float[] values = new float[(int) (rows * columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return TensorContent.floats(name, List.of(rows, columns), values);
    }

    /** Two parts of rank 1 with two outputs each: each part's column of B stands beside its own row of A. */
    @Test
    void loralibsPairsOfPartsHaveABlockForEachPart() throws IOException {
        write(
                "\"r\": 1, \"lora_alpha\": 2, \"fused_parts\": {\"attn\": [\"q\", \"v\"]}",
                tensor("attn.lora_A", 2, 3),
                tensor("attn.lora_B", 4, 1));
        try (AdapterPairs pairs = AdapterPairs.read(folder)) {
            LowRank pair = Objects.requireNonNull(pairs.all().get("attn"));
            assertThat(pair.a().toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(pair.b().toFloats()).containsExactly(1, 0, 2, 0, 0, 3, 0, 4);
            assertThat(pair.scaling()).isEqualTo(2);
        }
    }

    @Test
    void layersAreChosenByTheEndsOfTheirPaths() throws IOException {
        write(
                "\"r\": 1",
                tensor(QUERY + ".lora_A.weight", 1, 3),
                tensor(QUERY + ".lora_B.weight", 3, 1),
                tensor("base_model.model.layers.0.v_proj.lora_A.weight", 1, 3),
                tensor("base_model.model.layers.0.v_proj.lora_B.weight", 3, 1));
        try (AdapterPairs pairs = AdapterPairs.read(folder)) {
            assertThat(pairs.of(List.of("v_proj"))).containsOnlyKeys("layers.0.v_proj");
            assertThat(pairs.of(List.of())).containsOnlyKeys("layers.0.q_proj", "layers.0.v_proj");
            assertThatThrownBy(() -> pairs.of(List.of("q_prj")))
                    .hasMessageContaining("no adapted layer is called \"q_prj\"; did you mean q_proj");
        }
    }

    @Test
    void whatIsNoPairIsRefused() throws IOException {
        write("\"r\": 1", tensor("base_model.model.classifier.weight", 2, 3));
        assertThatThrownBy(() -> AdapterPairs.read(folder))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("no low-rank pair is in it, only modules trained whole");
        write("\"r\": 1", tensor(QUERY + ".lora_A.weight", 1, 3));
        assertThatThrownBy(() -> AdapterPairs.read(folder))
                .hasMessageContaining("layers.0.q_proj has one of A and B without the other");
        write("\"r\": 1", tensor(QUERY + ".lora_A.weight", 2, 3), tensor(QUERY + ".lora_B.weight", 3, 2));
        assertThatThrownBy(() -> AdapterPairs.read(folder))
                .hasMessageContaining("has rank 2, adapter_config.json says 1");
        write("\"r\": 3", tensor(QUERY + ".lora_A.weight", 3, 3), tensor(QUERY + ".lora_B.weight", 3, 2));
        assertThatThrownBy(() -> AdapterPairs.read(folder)).hasMessageContaining("has A [3, 3] and B [3, 2]; expected");
    }

    @Test
    void expertsWhoseRanksDifferByPatternCannotBeToldApart() {
        assertThatThrownBy(() -> AdapterPairs.read(SmallModel.folder("mixtral/variants/experts-patterns")))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("differ by pattern")
                .hasMessageContaining("cannot be read without the base");
    }

    @Test
    void anAdapterThatBeganWithAPartOfTheBaseIsRefusedWithTheWayOut() {
        assertThatThrownBy(() -> AdapterPairs.read(SmallModel.folder("llama/variants/pissa")))
                .isInstanceOf(AdapterException.class)
                .hasMessageContaining("init_lora_weights pissa")
                .hasMessageContaining("lora4j combine makes a plain one");
    }
}
