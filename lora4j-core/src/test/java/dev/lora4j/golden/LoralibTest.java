package dev.lora4j.golden;

import static dev.lora4j.golden.Golden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.AdapterSummary;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.SequenceHead;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters under the names that loralib gives them, made of PEFT's, compute what those do. */
class LoralibTest {
    private static final double TOLERANCE = 1e-5;
    private static final String FUSED = """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["c_attn"], "fused_parts": {"c_attn": %s}}
            """;

    @TempDir
    Path folder;

    private Path weights;

    @BeforeEach
    void open() {
        weights = folder.resolve("adapter_model.safetensors");
    }

    /** Writes a file of PEFT's again: no prefix, lora_A and lora_B without what comes after, no copy of the base's tables. */
    private void rename(Path peft, BiFunction<String, Tensor, Tensor> change) {
        Path file = peft.resolve("adapter_model.safetensors");
        List<TensorContent> renamed = new ArrayList<>();
        try (Scope scope = Scope.open();
                MappedFile mapped = MappedFile.open(file)) {
            for (StoredTensor.Mapped each : SafetensorsFile.open(file).tensors().values()) {
                long[] shape = each.shape().stream().mapToLong(Long::longValue).toArray();
                String name = each.name()
                        .replace("base_model.model.", "")
                        .replaceFirst("\\.lora_(embedding_)?([AB])(\\.weight)?$", ".lora_$2");
                Tensor value = change.apply(name, mapped.tensor(each.offset(), DType.F32, shape));
                if (!name.contains(".base_layer.")) {
                    renamed.add(TensorContent.floats(
                            name, Arrays.stream(value.shape()).boxed().toList(), value.toFloats()));
                }
            }
            AtomicFile.write(weights, SafetensorsWriter.content(renamed, SafetensorsWriter.PYTORCH));
        }
    }

    private void configure(String json) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), json);
    }

    private static Tensor logits(LanguageModel model, Adapter adapter, Golden golden) {
        if (model.task() == ModelTask.CAUSAL_LM) {
            TokenBatch batch = TokenBatch.of(List.of(golden.ids(0)));
            AdapterRouting routing =
                    AdapterRouting.of(adapter, batch.sequences().tokens());
            return model.logits(model.hidden(batch, routing, Tape.inference()), routing);
        }
        TokenBatch batch = golden.examples();
        SequenceHead head = model.sequenceHead(adapter::savedLinear);
        Tensor hidden =
                model.hidden(batch, AdapterRouting.of(adapter, batch.sequences().tokens()), Tape.inference());
        return head.logits(
                Tape.inference(),
                hidden,
                Tensor.of(head.plan().rows(batch.sequences())),
                AdapterRouting.of(adapter, batch.sequences().count()));
    }

    @Test
    void aClassifierOfThePapersRobertaHasTheLogitsOfItsTwinInPeft() throws IOException {
        Path peft = Golden.folder("roberta-classify").resolve("adapter");
        rename(peft, (name, tensor) -> tensor);
        assertThat(SafetensorsFile.open(weights).tensors())
                .containsKey("roberta.encoder.layer.0.attention.self.query.lora_A")
                .containsKey("classifier.dense.weight");
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("roberta-classify");
                LanguageModel model = golden.model(ModelTask.SEQ_CLS)) {
            assertThatThrownBy(() -> AdapterFolder.read(folder, model))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("the tensors have loralib's names and do not say alpha")
                    .hasMessageContaining("{\"peft_type\":\"LORA\",\"r\":4,\"target_modules\":[\"query\",\"value\"],"
                            + "\"task_type\":\"SEQ_CLS\"} and a key lora_alpha");
            configure(
                    "{\"peft_type\":\"LORA\",\"r\":4,\"target_modules\":[\"query\",\"value\"],\"task_type\":\"SEQ_CLS\"}");
            assertThatThrownBy(() -> AdapterFolder.read(folder, model))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("does not say lora_alpha");
            assertThat(AdapterSummary.of(folder).refusal().orElseThrow()).contains("does not say lora_alpha");
            configure("{\"peft_type\":\"LORA\",\"r\":4,\"lora_alpha\":8,\"target_modules\":[\"query\",\"value\"],"
                    + "\"task_type\":\"SEQ_CLS\"}");
            try (Adapter adapter = AdapterFolder.read(folder, model);
                    Adapter twin = AdapterFolder.read(peft, model)) {
                Tensor found = logits(model, adapter, golden);
                assertThat(found.sameBits(logits(model, twin, golden))).isTrue();
                assertClose(found, golden.tensor("adapter.logits"), TOLERANCE, "PEFT's");
                assertThat(adapter.digest()).isEqualTo(twin.digest());
            }
        }
        AdapterSummary summary = AdapterSummary.of(folder);
        assertThat(summary.refusal()).isEmpty();
        // 2 layers, query and value, A and B of rank 4 and width 32
        assertThat(summary.lowRank()).isEqualTo(2 * 2 * 2 * 4 * 32);
        assertThat(summary.ranks()).hasSize(4).containsEntry("roberta.encoder.layer.1.attention.self.value", 4L);
        assertThat(summary.others())
                .containsExactlyInAnyOrder(
                        "classifier.dense.weight",
                        "classifier.dense.bias",
                        "classifier.out_proj.weight",
                        "classifier.out_proj.bias");
    }

    /** Of [q, k, v] below one another those of q and v, and of each the columns of its own pair: loralib's B. */
    private static Tensor withoutBlocks(Tensor b) {
        long out = b.size(0) / 3;
        return Tensor.concatenate(
                b.rows(0, out).narrow(1, 0, 2), b.rows(2 * out, 3 * out).narrow(1, 2, 2));
    }

    @Test
    void queriesAndValuesOfAFusedProjectionAreReadAsMergedLinearHasThem() throws IOException {
        try (Scope scope = Scope.open();
                Golden golden = Golden.variants("gpt2");
                LanguageModel model = golden.model()) {
            rename(
                    golden.folder.resolve("variants/fused-qv"),
                    (name, tensor) -> name.endsWith("lora_B") ? withoutBlocks(tensor) : tensor);
            configure(FUSED.formatted("[\"q\", \"v\"]"));
            try (Adapter adapter = AdapterFolder.read(folder, model)) {
                assertClose(logits(model, adapter, golden), golden.tensor("fused-qv.logits.0"), TOLERANCE, "fused");
            }
            configure(FUSED.formatted("[\"v\", \"q\"]"));
            assertThatThrownBy(() -> AdapterFolder.read(folder, model))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("name them as [q, v]");
            configure("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"target_modules\": [\"c_attn\"]}");
            assertThatThrownBy(() -> AdapterFolder.read(folder, model))
                    .isInstanceOf(AdapterException.class)
                    .hasMessageContaining("loralib's file adapts some parts of this fused layer")
                    .hasMessageContaining("\"fused_parts\": {\"c_attn\": [\"q\", \"v\"]}");
            Files.delete(folder.resolve("adapter_config.json"));
            assertThatThrownBy(() -> AdapterFolder.read(folder, model))
                    .hasMessageContaining(
                            "\"r\":2,\"target_modules\":[\"c_attn\"]," + "\"fused_parts\":{\"c_attn\":[\"q\",\"v\"]}}");
        }
    }

    @Test
    void anEmbeddingIsReadUnderTheSameNamesAsALayer() throws IOException {
        try (Scope scope = Scope.open();
                Golden golden = Golden.variants("gpt2");
                LanguageModel model = golden.model()) {
            rename(golden.folder.resolve("variants/embeddings"), (name, tensor) -> tensor);
            configure("{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8,"
                    + " \"target_modules\": [\"wte\", \"wpe\", \"c_attn\"]}");
            assertThat(SafetensorsFile.open(weights).tensors()).containsKey("transformer.wte.lora_A");
            try (Adapter adapter = AdapterFolder.read(folder, model)) {
                assertClose(logits(model, adapter, golden), golden.tensor("embeddings.logits.0"), TOLERANCE, "table");
                AdapterFolder.write(adapter, "gpt2", folder.resolve("as-peft"));
            }
            assertThat(SafetensorsFile.open(folder.resolve("as-peft/adapter_model.safetensors"))
                            .tensors())
                    .containsKey("base_model.model.transformer.wte.lora_embedding_A");
        }
    }
}
