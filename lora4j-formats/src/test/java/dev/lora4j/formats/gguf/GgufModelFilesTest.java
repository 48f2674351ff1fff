package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GgufModelFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void writesTheConfigOfALlama() throws IOException {
        GgufModelFiles model = open(TinyModels.llama()
                .whole("tokenizer.ggml.bos_token_id", 1)
                .whole("tokenizer.ggml.eos_token_id", 2)
                .whole("tokenizer.ggml.padding_token_id", 4));

        assertThat((JsonNode) model.config()).isEqualTo(json("""
                        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8,
                         "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4,
                         "intermediate_size": 6, "max_position_embeddings": 2048, "vocab_size": 5,
                         "rms_norm_eps": 0.5, "rope_theta": 100000.0, "tie_word_embeddings": true,
                         "hidden_act": "silu", "attention_bias": false, "mlp_bias": false,
                         "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 4}"""));
    }

    @Test
    void writesTheConfigOfAGemma() throws IOException {
        JsonNode config = open(TinyModels.gemma()).config();

        assertThat(config.get("model_type").textValue()).isEqualTo("gemma3_text");
        assertThat(config.get("architectures")).isEqualTo(json("[\"Gemma3ForCausalLM\"]"));
        assertThat(config.get("head_dim").intValue()).isEqualTo(16);
        assertThat(config.get("query_pre_attn_scalar").intValue()).isEqualTo(16);
        assertThat(config.get("sliding_window").intValue()).isEqualTo(512);
        assertThat(config.get("rope_local_base_freq").doubleValue()).isEqualTo(10_000.0);
        assertThat(config.get("hidden_activation").textValue()).isEqualTo("gelu_pytorch_tanh");
        assertThat(config.get("layer_types")).isEqualTo(json("[\"sliding_attention\"]"));
    }

    @Test
    void givesTensorsTheirNamesInTransformers() throws IOException {
        assertThat(open(TinyModels.llama()).tensors().keySet())
                .containsExactly(
                        "model.embed_tokens.weight",
                        "model.norm.weight",
                        "model.layers.0.input_layernorm.weight",
                        "model.layers.0.self_attn.q_proj.weight",
                        "model.layers.0.self_attn.k_proj.weight",
                        "model.layers.0.self_attn.v_proj.weight",
                        "model.layers.0.self_attn.o_proj.weight",
                        "model.layers.0.post_attention_layernorm.weight",
                        "model.layers.0.mlp.gate_proj.weight",
                        "model.layers.0.mlp.up_proj.weight",
                        "model.layers.0.mlp.down_proj.weight");
        assertThat(open(TinyModels.gemma()).tensors().keySet())
                .containsExactly(
                        "model.embed_tokens.weight",
                        "model.norm.weight",
                        "model.layers.0.self_attn.q_norm.weight",
                        "model.layers.0.input_layernorm.weight",
                        "model.layers.0.post_attention_layernorm.weight",
                        "model.layers.0.pre_feedforward_layernorm.weight",
                        "model.layers.0.post_feedforward_layernorm.weight");
    }

    /** llama.cpp permutes rows for its llama only. */
    @Test
    void leavesRowsAndBiasesOfAQwenAsTheyAre() throws IOException {
        GgufModelFiles model = open(TinyModels.keys("qwen2")
                .floats("token_embd.weight", List.of(5, 8), new float[40])
                .floats("blk.0.attn_q.weight", List.of(8, 8), TinyModels.counting(64))
                .floats("blk.0.attn_q.bias", List.of(8), TinyModels.counting(8)));

        assertThat(model.config().get("model_type").textValue()).isEqualTo("qwen2");
        assertThat(model.tensors().get("model.layers.0.self_attn.q_proj.weight"))
                .isInstanceOf(StoredTensor.Mapped.class);
        assertThat(model.tensors().get("model.layers.0.self_attn.q_proj.bias")).isInstanceOf(StoredTensor.Mapped.class);
    }

    @Test
    void mapsPlainTensorsWhereTheyLie() throws IOException {
        GgufModelFiles model = open(TinyModels.llama());

        StoredTensor embedding = model.tensors().get("model.embed_tokens.weight");

        GgufTensor stored = GgufFile.open(folder.resolve("model.gguf")).tensor("token_embd.weight");
        assertThat(embedding)
                .isEqualTo(new StoredTensor.Mapped(
                        "model.embed_tokens.weight",
                        ElementType.F16,
                        List.of(5L, 8L),
                        folder.resolve("model.gguf"),
                        stored.offset(),
                        80));
    }

    /** Worked by hand: of each head of four rows, the stored order 0 1 2 3 becomes 0 2 1 3. */
    @Test
    void bringsRotatedRowsOfALlamaIntoTheOrderOfTransformers() throws IOException {
        float[] query = decode(TinyModels.llama(), "model.layers.0.self_attn.q_proj.weight", 0, 64);
        float[] key = decode(TinyModels.llama(), "model.layers.0.self_attn.k_proj.weight", 0, 32);
        int[] expected = {0, 2, 1, 3, 4, 6, 5, 7};

        for (int row = 0; row < 8; row++) {
            for (int column = 0; column < 8; column++) {
                assertThat(query[row * 8 + column]).isEqualTo(expected[row] * 8 + column);
            }
        }
        for (int i = 0; i < 32; i++) {
            assertThat(key[i]).isEqualTo(query[i]);
        }
    }

    @Test
    void decodesAnyPartOfRotatedRows() throws IOException {
        assertThat(decode(TinyModels.llama(), "model.layers.0.self_attn.q_proj.weight", 6, 5))
                .containsExactly(6, 7, 16, 17, 18);
    }

    @Test
    void subtractsTheOneThatLlamaCppAddsToNormsOfGemma() throws IOException {
        assertThat(decode(TinyModels.gemma(), "model.norm.weight", 2, 2)).containsExactly(1, 2);
    }

    @Test
    void isNotTiedWithAnOutputOfItsOwn() throws IOException {
        GgufModelFiles model = open(TinyModels.llama().floats("output.weight", List.of(5, 8), new float[40]));

        assertThat(model.config().get("tie_word_embeddings").booleanValue()).isFalse();
        assertThat(model.tensors()).containsKey("lm_head.weight");
    }

    @Test
    void endsAGenerationAtTheEndOfATurnToo() throws IOException {
        GgufModelFiles model = open(TinyModels.llama()
                .whole("tokenizer.ggml.bos_token_id", 1)
                .whole("tokenizer.ggml.eos_token_id", 2)
                .whole("tokenizer.ggml.eot_token_id", 3));

        assertThat(model.generationConfig().map(JsonNode.class::cast))
                .contains(json("{\"bos_token_id\": 1, \"eos_token_id\": [2, 3]}"));
        assertThat(open(TinyModels.llama()).generationConfig()).isEmpty();
    }

    @Test
    void refusesAnArchitectureItDoesNotKnow() {
        assertRefused(TinyModels.keys("mamba"), "architecture is \"mamba\", expected one of llama, qwen2");
    }

    @Test
    void refusesATensorThatTheArchitectureDoesNotHave() {
        assertRefused(TinyModels.llama().floats("blk.0.ffn_gate_exps.weight", List.of(1), 1), "ffn_gate_exps");
    }

    @Test
    void refusesATokenIdOutsideTheVocabulary() {
        assertRefused(TinyModels.llama().whole("tokenizer.ggml.eos_token_id", 5), "eos_token_id\" is 5");
        assertRefused(TinyModels.llama().whole("tokenizer.ggml.bos_token_id", 0xFFFFFFFFL), "is 4294967295");
    }

    @Test
    void refusesMoreLayersThanTensors() {
        assertRefused(
                new GgufWriter()
                        .text("general.architecture", "gemma3")
                        .whole("gemma3.embedding_length", 8)
                        .whole("gemma3.attention.head_count", 2)
                        .whole("gemma3.block_count", Integer.MAX_VALUE)
                        .floats("token_embd.weight", List.of(1, 8), new float[8]),
                "states 2147483647 layers");
    }

    private float[] decode(GgufWriter writer, String name, long first, int count) throws IOException {
        if (!(open(writer).tensors().get(name) instanceof StoredTensor.Decoded tensor)) {
            throw new AssertionError(name + " is not decoded");
        }
        float[] into = new float[count];
        tensor.decoder().decode(first, into, count);
        return into;
    }

    private GgufModelFiles open(GgufWriter writer) throws IOException {
        return GgufModelFiles.open(writer.write(folder));
    }

    private void assertRefused(GgufWriter writer, String part) {
        assertThatThrownBy(() -> open(writer))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining(part);
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }
}
