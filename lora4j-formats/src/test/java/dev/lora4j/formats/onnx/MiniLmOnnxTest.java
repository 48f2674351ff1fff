package dev.lora4j.formats.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MiniLmOnnxTest {
    private static final String OUTPUT = "encoder.layer.0.output.dense.weight";

    @TempDir
    private Path folder;

    /** One layer with hidden size 64; the words' first byte lies at a multiple of four or not, by the padding. */
    private Path write(int padding) throws IOException {
        float[] output = new float[3 * 64];
        for (int i = 0; i < output.length; i++) {
            output[i] = i;
        }
        OnnxBytes graph = OnnxBytes.message()
                .text(10, "x".repeat(padding))
                .message(5, OnnxBytes.tensor("embeddings.word_embeddings.weight", new long[] {5, 64}, ramp(5 * 64)))
                .message(
                        5,
                        OnnxBytes.tensor("embeddings.position_embeddings.weight", new long[] {7, 64}, new float[448]))
                .message(
                        5,
                        OnnxBytes.tensor("embeddings.token_type_embeddings.weight", new long[] {2, 64}, new float[128]))
                .message(5, OnnxBytes.tensor("encoder.layer.0.intermediate.dense.bias", new long[] {3}, 7, 8, 9))
                .message(5, OnnxBytes.tensor("onnx::MatMul_1", new long[] {3, 64}, output))
                .message(
                        1,
                        OnnxBytes.node(
                                "/encoder/layer.0/output/dense/MatMul",
                                "MatMul",
                                "/encoder/layer.0/Mul",
                                "onnx::MatMul_1"))
                .message(
                        5,
                        OnnxBytes.message()
                                .number(1, 1)
                                .number(2, 7)
                                .text(8, "embeddings.position_ids")
                                .bytes(9, new byte[8]));
        return Files.write(
                folder.resolve("m.onnx"), OnnxBytes.message().message(7, graph).toByteArray());
    }

    private static float[] ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i / 4f;
        }
        return values;
    }

    private static StoredTensor.Decoded decoded(MiniLmOnnx model, String name) {
        return (StoredTensor.Decoded) Objects.requireNonNull(model.tensors().get(name));
    }

    @Test
    void namesEveryTensorAsTransformersDoes() throws IOException {
        try (MiniLmOnnx model = MiniLmOnnx.open(write(0), "{}")) {
            assertThat(model.tensors().keySet())
                    .containsExactlyInAnyOrder(
                            "embeddings.word_embeddings.weight",
                            "embeddings.position_embeddings.weight",
                            "embeddings.token_type_embeddings.weight",
                            "encoder.layer.0.intermediate.dense.bias",
                            OUTPUT);
            assertThat(model.tokenizerJson()).contains("{}");
            assertThat(model.tokenizerConfig().orElseThrow().get("cls_token").textValue())
                    .isEqualTo("[CLS]");
        }
    }

    @Test
    void derivesTheConfigurationFromTheShapes() throws IOException {
        ObjectNode config = MiniLmOnnx.open(write(0), "{}").config();
        assertThat(config.get("model_type").textValue()).isEqualTo("bert");
        assertThat(config.get("vocab_size").intValue()).isEqualTo(5);
        assertThat(config.get("hidden_size").intValue()).isEqualTo(64);
        assertThat(config.get("num_attention_heads").intValue()).isEqualTo(2);
        assertThat(config.get("num_hidden_layers").intValue()).isEqualTo(1);
        assertThat(config.get("intermediate_size").intValue()).isEqualTo(3);
        assertThat(config.get("max_position_embeddings").intValue()).isEqualTo(7);
        assertThat(config.get("type_vocab_size").intValue()).isEqualTo(2);
        assertThat(config.get("layer_norm_eps").doubleValue()).isEqualTo(1e-12);
    }

    @Test
    void transposesMatricesFromAnyElementOn() throws IOException {
        StoredTensor.Decoded matrix = decoded(MiniLmOnnx.open(write(0), "{}"), OUTPUT);
        assertThat(matrix.shape()).isEqualTo(List.of(64L, 3L));
        float[] values = new float[5];
        matrix.decoder().decode(0, values, 5);
        assertThat(values).containsExactly(0, 64, 128, 1, 65);
        matrix.decoder().decode(187, values, 5);
        assertThat(values).containsExactly(126, 190, 63, 127, 191);
        assertThatThrownBy(() -> matrix.decoder().decode(188, values, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void mapsWhatIsAlignedAndDecodesTheRest() throws IOException {
        int mapped = 0;
        for (int padding = 0; padding < 4; padding++) {
            MiniLmOnnx model = MiniLmOnnx.open(write(padding), "{}");
            StoredTensor words = model.tensors().get("embeddings.word_embeddings.weight");
            if (words instanceof StoredTensor.Mapped tensor) {
                mapped++;
                byte[] file = Files.readAllBytes(tensor.file());
                assertThat(Arrays.copyOfRange(file, (int) tensor.offset(), (int) (tensor.offset() + tensor.bytes())))
                        .isEqualTo(OnnxBytes.floats(ramp(5 * 64)));
            } else {
                float[] values = new float[3];
                decoded(model, "embeddings.word_embeddings.weight").decoder().decode(100, values, 3);
                assertThat(values).containsExactly(25, 25.25f, 25.5f);
            }
        }
        assertThat(mapped).isEqualTo(1);
    }

    @Test
    void refusesAGraphThatIsNotAMiniLm() throws IOException {
        Path file = Files.write(
                folder.resolve("other.onnx"),
                OnnxBytes.message()
                        .message(7, OnnxBytes.message().message(5, OnnxBytes.tensor("w", new long[] {1}, 1)))
                        .toByteArray());
        assertThatThrownBy(() -> MiniLmOnnx.open(file, "{}"))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("not a MiniLM");
        Path anonymous = Files.write(
                folder.resolve("anonymous.onnx"),
                OnnxBytes.message()
                        .message(
                                7,
                                OnnxBytes.message()
                                        .message(5, OnnxBytes.tensor("onnx::MatMul_9", new long[] {1, 1}, 1)))
                        .toByteArray());
        assertThatThrownBy(() -> MiniLmOnnx.open(anonymous, "{}"))
                .hasMessage(anonymous + ": has the values \"onnx::MatMul_9\", which no MatMul with a name reads");
    }
}
