package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options of {@code train} that only some families have something for: fused projections and experts. */
class TargetOptionsTest {
    private static final String GPT2 = """
            {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": 6, "n_layer": 1, "n_head": 2,
             "n_positions": 16, "vocab_size": 6, "bos_token_id": 0, "eos_token_id": 5, "tie_word_embeddings": true}
            """;
    private static final Map<String, List<Long>> GPT2_SHAPES = Map.ofEntries(
            Map.entry("transformer.wte.weight", List.of(6L, 6L)),
            Map.entry("transformer.wpe.weight", List.of(16L, 6L)),
            Map.entry("transformer.h.0.ln_1.weight", List.of(6L)),
            Map.entry("transformer.h.0.ln_1.bias", List.of(6L)),
            Map.entry("transformer.h.0.attn.c_attn.weight", List.of(6L, 18L)),
            Map.entry("transformer.h.0.attn.c_attn.bias", List.of(18L)),
            Map.entry("transformer.h.0.attn.c_proj.weight", List.of(6L, 6L)),
            Map.entry("transformer.h.0.attn.c_proj.bias", List.of(6L)),
            Map.entry("transformer.h.0.ln_2.weight", List.of(6L)),
            Map.entry("transformer.h.0.ln_2.bias", List.of(6L)),
            Map.entry("transformer.h.0.mlp.c_fc.weight", List.of(6L, 24L)),
            Map.entry("transformer.h.0.mlp.c_fc.bias", List.of(24L)),
            Map.entry("transformer.h.0.mlp.c_proj.weight", List.of(24L, 6L)),
            Map.entry("transformer.h.0.mlp.c_proj.bias", List.of(6L)),
            Map.entry("transformer.ln_f.weight", List.of(6L)),
            Map.entry("transformer.ln_f.bias", List.of(6L)));
    private static final String MIXTRAL = """
            {"model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "hidden_size": 6,
             "intermediate_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "num_key_value_heads": 1,
             "head_dim": 6, "vocab_size": 6, "max_position_embeddings": 16, "rms_norm_eps": 1e-6,
             "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": false, "sliding_window": null,
             "num_local_experts": 3, "num_experts_per_tok": 2, "bos_token_id": 0, "eos_token_id": 5}
            """;

    @TempDir
    Path folder;

    private static Map<String, List<Long>> mixtralShapes() {
        Map<String, List<Long>> shapes = new TreeMap<>();
        shapes.put("model.embed_tokens.weight", List.of(6L, 6L));
        shapes.put("lm_head.weight", List.of(6L, 6L));
        shapes.put("model.norm.weight", List.of(6L));
        String layer = "model.layers.0.";
        shapes.put(layer + "input_layernorm.weight", List.of(6L));
        shapes.put(layer + "post_attention_layernorm.weight", List.of(6L));
        for (String name : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
            shapes.put(layer + "self_attn." + name + ".weight", List.of(6L, 6L));
        }
        shapes.put(layer + "block_sparse_moe.gate.weight", List.of(3L, 6L));
        for (int expert = 0; expert < 3; expert++) {
            String path = layer + "block_sparse_moe.experts." + expert;
            shapes.put(path + ".w1.weight", List.of(4L, 6L));
            shapes.put(path + ".w2.weight", List.of(6L, 4L));
            shapes.put(path + ".w3.weight", List.of(4L, 6L));
        }
        return shapes;
    }

    /** The tokenizer of {@link TinyModel} under a model of random weights. */
    private void write(String config, Map<String, List<Long>> shapes) throws IOException {
        Path model = TinyModel.write(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), config);
        Random random = new Random(5);
        List<TensorContent> tensors = new ArrayList<>();
        new TreeMap<>(shapes).forEach((name, shape) -> {
            float[] values = new float[Math.toIntExact(StoredTensor.elements(shape))];
            for (int i = 0; i < values.length; i++) {
                values[i] = 0.5f * (float) random.nextGaussian();
            }
            tensors.add(TensorContent.floats(name, shape, values));
        });
        SafetensorsWriter.write(model.resolve("model.safetensors"), tensors);
        Files.writeString(
                folder.resolve("train.jsonl"), "{\"prompt\": \"one two\", \"completion\": \" four\"}\n".repeat(4));
    }

    private CliRun train(String... more) {
        List<String> args = new ArrayList<>(List.of("train", "-m", folder + "/model", "-d", folder + "/train.jsonl"));
        args.addAll(List.of("-o", folder + "/adapter", "-r", "2", "--lr", "0.05", "--max-steps", "4"));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private JsonNode adapterConfig() {
        return JsonFile.read(folder.resolve("adapter/adapter_config.json"));
    }

    /** A tensor of the trained adapter, of the open scope. */
    private Tensor tensor(MappedFile mapped, String name) {
        Path file = folder.resolve("adapter/adapter_model.safetensors");
        StoredTensor.Mapped stored =
                Objects.requireNonNull(SafetensorsFile.open(file).tensors().get(name), name);
        long[] shape = stored.shape().stream().mapToLong(Long::longValue).toArray();
        return mapped.tensor(stored.offset(), DType.F32, shape);
    }

    private double loss(String... more) {
        List<String> args = new ArrayList<>(List.of("evaluate", "-m", folder + "/model", "--json"));
        args.addAll(List.of("-d", folder + "/train.jsonl"));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new)).json().path("loss").asDouble();
    }

    @Test
    void onlyTheNamedPartsOfAFusedLayerAreTrained() throws IOException {
        write(GPT2, GPT2_SHAPES);
        CliRun run = train("--targets", "c_attn", "--fused-parts", "c_attn=q+v");
        assertThat(run.exitCode()).as(run.err()).isZero();
        // for each of two parts A [2, 6] and B [6, 2]
        assertThat(run.err()).contains("training 48 values in 1 layers");
        assertThat(adapterConfig().path("fused_parts")).hasToString("{\"c_attn\":[\"q\",\"v\"]}");
        try (Scope scope = Scope.open();
                MappedFile mapped = MappedFile.open(folder.resolve("adapter/adapter_model.safetensors"))) {
            Tensor b = tensor(mapped, "base_model.model.transformer.h.0.attn.c_attn.lora_B.weight");
            assertThat(b.shape()).containsExactly(18, 4);
            assertThat(b.rows(0, 6).square().sum().item()).isPositive();
            assertThat(b.rows(6, 12).square().sum().item()).isZero();
            assertThat(b.rows(12, 18).square().sum().item()).isPositive();
        }
        assertThat(loss("-a", folder + "/adapter")).isLessThan(loss());
    }

    @Test
    void aPartThatTheLayerHasNotIsNamed() throws IOException {
        write(GPT2, GPT2_SHAPES);
        CliRun run = train("--targets", "c_attn", "--fused-parts", "c_attn=q+w");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("the parts [q, w] are to be adapted, the layer has [q, k, v]");
    }

    @Test
    void expertsAreTrainedByTheNameOfTheirParameter() throws IOException {
        write(MIXTRAL, mixtralShapes());
        CliRun run = train("--target-parameters", "experts.down_proj");
        assertThat(run.exitCode()).as(run.err()).isZero();
        // for each of three experts A [2, 4] and B [6, 2]
        assertThat(run.err()).contains("training 60 values in 1 layers");
        assertThat(adapterConfig().path("target_parameters")).hasToString("[\"experts.down_proj\"]");
        assertThat(adapterConfig().path("target_modules")).isEmpty();
        try (Scope scope = Scope.open();
                MappedFile mapped = MappedFile.open(folder.resolve("adapter/adapter_model.safetensors"))) {
            String path = "base_model.model.model.layers.0.mlp.experts.";
            assertThat(tensor(mapped, path + "lora_A.weight").shape()).containsExactly(6, 4);
            assertThat(tensor(mapped, path + "lora_B.weight").square().sum().item())
                    .isPositive();
        }
        assertThat(loss("-a", folder + "/adapter")).isLessThan(loss());
    }

    @Test
    void aParameterThatTheModelHasNotIsNamed() throws IOException {
        write(MIXTRAL, mixtralShapes());
        CliRun run = train("--target-parameters", "experts.dwon_proj");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("\"experts.dwon_proj\"").contains("did you mean down_proj");
    }
}
