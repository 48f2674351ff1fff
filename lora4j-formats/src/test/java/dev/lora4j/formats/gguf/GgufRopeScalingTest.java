package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GgufRopeScalingTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Head size 32, theta 100,000, factor 8: from transformers' _compute_llama3_parameters. */
    private static final float[] LLAMA3_DIVISORS = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2.3870468f, 8, 8, 8, 8, 8, 8};

    @TempDir
    private Path folder;

    @Test
    void isAbsentWhereTheFileStatesNone() throws IOException {
        assertThat(config(model()).has("rope_scaling")).isFalse();
        assertThat(config(model().text("llama.rope.scaling.type", "none")).has("rope_scaling"))
                .isFalse();
    }

    @Test
    void takesLinearAndYarnFromTheMetadata() throws IOException {
        assertThat(config(model().text("llama.rope.scaling.type", "linear").real("llama.rope.scaling.factor", 8))
                        .get("rope_scaling"))
                .isEqualTo(JSON.readTree("{\"rope_type\": \"linear\", \"factor\": 8.0}"));
        assertThat(config(model().text("llama.rope.scaling.type", "yarn")
                                .real("llama.rope.scaling.factor", 4)
                                .whole("llama.rope.scaling.original_context_length", 32_768))
                        .get("rope_scaling"))
                .isEqualTo(JSON.readTree("{\"rope_type\": \"yarn\", \"factor\": 4.0,"
                        + " \"original_max_position_embeddings\": 32768}"));
    }

    @Test
    void findsTheParametersOfLlama3InItsDivisors() throws IOException {
        GgufModelFiles model = GgufModelFiles.open(model().floats("rope_freqs.weight", List.of(16), LLAMA3_DIVISORS)
                .write(folder));

        assertThat(model.config().get("rope_scaling"))
                .isEqualTo(JSON.readTree("{\"rope_type\": \"llama3\", \"factor\": 8.0, \"low_freq_factor\": 1.0,"
                        + " \"high_freq_factor\": 4.0, \"original_max_position_embeddings\": 8192}"));
        assertThat(model.tensors()).containsOnlyKeys("model.embed_tokens.weight");
    }

    @Test
    void refusesDivisorsOfAnotherScaling() {
        float[] others = LLAMA3_DIVISORS.clone();
        others[5] = 2;

        assertThatThrownBy(() -> config(model().floats("rope_freqs.weight", List.of(16), others)))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("divides frequency 5 by 2.0");
    }

    @Test
    void refusesAScalingItDoesNotKnow() {
        assertThatThrownBy(() -> config(model().text("llama.rope.scaling.type", "longrope")))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("by \"longrope\", expected none, linear or yarn");
    }

    private static GgufWriter model() {
        return TinyModels.keys("llama")
                .whole("llama.rope.dimension_count", 32)
                .floats("token_embd.weight", List.of(5, 8), new float[40]);
    }

    private JsonNode config(GgufWriter writer) throws IOException {
        return GgufModelFiles.open(writer.write(folder)).config();
    }
}
