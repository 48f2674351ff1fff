package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.model.UnsupportedModelException;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the files of encoders may look like, and what of them is refused. */
class EncoderFilesTest {
    private static Tensor hidden(LanguageModel model, TokenBatch batch) {
        return model.hidden(batch, Routing.NONE, Tape.inference());
    }

    @ParameterizedTest
    @CsvSource({"roberta-classify,roberta.", "distilbert-classify,distilbert.", "deberta-v2-classify,deberta."})
    void tensorsOfABareModelAreFoundWithoutTheirPrefix(String name, String prefix) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                ModelFiles files = HuggingFaceFolder.open(golden.folder);
                LanguageModel model = golden.model(ModelTask.SEQ_CLS)) {
            ChangedFiles bare = ChangedFiles.of(
                    files,
                    tensor -> Optional.of(tensor.startsWith(prefix) ? tensor.substring(prefix.length()) : tensor));
            try (LanguageModel same = LanguageModel.load(bare, ModelTask.SEQ_CLS, Device.CPU)) {
                assertThat(hidden(same, golden.examples()).sameBits(hidden(model, golden.examples())))
                        .isTrue();
                assertThat(same.modules().stream().map(AdaptableModule::path))
                        .containsExactlyElementsOf(model.modules().stream()
                                .map(AdaptableModule::path)
                                .toList());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"xlm-roberta", "camembert"})
    void theMultilingualKinOfRobertaAreTheSameModel(String type) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("roberta");
                ModelFiles files = HuggingFaceFolder.open(golden.folder)) {
            ChangedFiles kin = new ChangedFiles(files.config().put("model_type", type), files.tensors());
            try (LanguageModel model = LanguageModel.load(kin)) {
                assertClose(
                        hidden(model, golden.examples()).rows(0, 9),
                        golden.tensor("hidden.0").view(9, 32),
                        1e-5,
                        type);
            }
        }
    }

    /** As in transformers' create_position_ids_from_input_ids: a padding token has no place of its own. */
    @Test
    void robertaCountsPositionsPastPaddingTokens() {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("roberta");
                LanguageModel model = golden.model()) {
            assertThat(model.maxPositions()).isEqualTo(62);
            int[] tooLong = new int[63];
            assertThatThrownBy(() -> hidden(model, TokenBatch.of(List.of(tooLong))))
                    .hasMessageContaining("63 tokens, the model takes 62");
        }
    }

    @Test
    void sinesAndCosinesStandInForPositionsThatAreNotStored() {
        try (Golden golden = Golden.of("distilbert-classify");
                ModelFiles files = HuggingFaceFolder.open(golden.folder)) {
            String table = "distilbert.embeddings.position_embeddings";
            ChangedFiles without =
                    ChangedFiles.of(files, name -> name.startsWith(table) ? Optional.empty() : Optional.of(name));
            try (LanguageModel model = LanguageModel.load(without, ModelTask.SEQ_CLS, Device.CPU)) {
                float[] values = model.modules().stream()
                        .filter(module -> module.path().equals(table))
                        .findFirst()
                        .orElseThrow()
                        .weight()
                        .toFloats();
                assertThat(values).hasSize(64 * 32).startsWith(0f, 1f, 0f, 1f);
                int row = 3 * 32;
                assertThat(values[row]).isCloseTo(0.14112f, within(1e-5f)); // sin 3
                assertThat(values[row + 1]).isCloseTo(-0.98999f, within(1e-5f)); // cos 3
                // 10000^(−2/32) = 0.5623413, times 3 is 1.6870239
                assertThat(values[row + 2]).isCloseTo((float) Math.sin(1.6870239), within(1e-5f));
                assertThat(values[row + 3]).isCloseTo((float) Math.cos(1.6870239), within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            deberta             | {"attention_head_size": 16}                 | "attention_head_size" is 16; expected 8
            deberta-v2-classify | {"conv_kernel_size": 4}                     | "conv_kernel_size" is 4; expected an odd number
            deberta-v3-classify | {"pooler_hidden_size": 8}                   | "pooler_hidden_size" is 8; expected the hidden size 32
            roberta             | {"position_embedding_type": "relative_key"} | expected absolute
            roberta             | {"is_decoder": true}                        | "is_decoder" is true; expected false
            """)
    void whatIsNotDoneIsRefusedByItsKey(String name, String change, String reason) {
        try (ModelFiles files = HuggingFaceFolder.open(Golden.folder(name))) {
            ObjectNode config = files.config();
            config.setAll(JsonFile.parse(change, "test"));
            ChangedFiles changed = new ChangedFiles(config, files.tensors());
            assertThatThrownBy(() -> LanguageModel.load(changed))
                    .isInstanceOf(UnsupportedModelException.class)
                    .hasMessageContaining(reason);
        }
    }

    /** The paper's table 2: 0.3 million, 12 · 2 · 8 · (768 + 768); and the head that its MNLI adapter carries. */
    @Test
    void robertaBaseHasThePapersNumberOfParameters() {
        ObjectNode config = JsonFile.parse("""
                {"model_type": "roberta", "architectures": ["RobertaForMaskedLM"], "hidden_size": 768,
                 "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12, "vocab_size": 50265,
                 "max_position_embeddings": 514, "type_vocab_size": 1, "hidden_act": "gelu", "layer_norm_eps": 1e-05,
                 "bos_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}
                """, "test");
        try (LanguageModel model =
                        LanguageModel.outline(ChangedFiles.ofShapes(config, robertaBase()), ModelTask.SEQ_CLS);
                Adapter adapter = Adapter.createClassifier(
                        model, LoraConfig.rank(8).alpha(16), List.of("entailment", "neutral", "contradiction"), 1)) {
            long pairs = adapter.lowRanks().values().stream()
                    .mapToLong(pair -> elements(pair))
                    .sum();
            assertThat(adapter.lowRanks()).hasSize(24);
            assertThat(pairs).isEqualTo(294_912);
            assertThat(adapter.parameters()).isEqualTo(294_912 + 768 * 768 + 768 + 3 * 768 + 3);
        }
    }

    private static long elements(LowRank pair) {
        return pair.a().elements() + pair.b().elements();
    }

    private static Map<String, long[]> robertaBase() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("roberta.embeddings.word_embeddings.weight", new long[] {50265, 768});
        shapes.put("roberta.embeddings.position_embeddings.weight", new long[] {514, 768});
        shapes.put("roberta.embeddings.token_type_embeddings.weight", new long[] {1, 768});
        norm(shapes, "roberta.embeddings.LayerNorm");
        for (int i = 0; i < 12; i++) {
            String layer = "roberta.encoder.layer." + i + ".";
            for (String square : List.of("self.query", "self.key", "self.value", "output.dense")) {
                linear(shapes, layer + "attention." + square, 768, 768);
            }
            norm(shapes, layer + "attention.output.LayerNorm");
            linear(shapes, layer + "intermediate.dense", 3072, 768);
            linear(shapes, layer + "output.dense", 768, 3072);
            norm(shapes, layer + "output.LayerNorm");
        }
        return shapes;
    }

    private static void linear(Map<String, long[]> shapes, String path, long out, long in) {
        shapes.put(path + ".weight", new long[] {out, in});
        shapes.put(path + ".bias", new long[] {out});
    }

    private static void norm(Map<String, long[]> shapes, String path) {
        shapes.put(path + ".weight", new long[] {768});
        shapes.put(path + ".bias", new long[] {768});
    }
}
