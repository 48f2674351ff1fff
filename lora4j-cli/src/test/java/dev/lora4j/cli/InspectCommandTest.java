package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    @TempDir
    Path folder;

    @Test
    void tellsTheSizesOfAModel() throws IOException {
        TinyModel.write(folder);
        JsonNode json = CliRun.of("inspect", folder.toString(), "--json").json();
        assertThat(json.path("family").asText()).isEqualTo("llama");
        assertThat(json.path("layers").asInt()).isEqualTo(1);
        assertThat(json.path("vocabulary").asInt()).isEqualTo(6);
        // 6 matrices of 6 x 6, 3 of 6 x 4, 3 norms of 6
        assertThat(json.path("parameters").asInt()).isEqualTo(306);
        assertThat(json.path("size_bytes").asInt()).isEqualTo(4 * 306);
        assertThat(json.path("tokenizer").asBoolean()).isTrue();
        assertThat(json.path("chat_template").asBoolean()).isTrue();
    }

    @Test
    void tellsWhatAnAdapterChanges() throws IOException {
        TinyModel.writeAdapter(folder);
        JsonNode json = CliRun.of("inspect", folder.toString(), "--json").json();
        assertThat(json.path("rank").asInt()).isEqualTo(1);
        assertThat(json.path("alpha").asInt()).isEqualTo(2);
        assertThat(json.path("targets").asText()).isEqualTo("q_proj");
        assertThat(json.path("adapted_layers").asInt()).isEqualTo(1);
        assertThat(json.path("parameters").asInt()).isEqualTo(12);
        assertThat(json.path("base").asText()).isEqualTo("tiny");
    }

    @Test
    void saysWhyAnAdapterCannotBeUsed() throws IOException {
        TinyModel.writeAdapter(folder);
        Path config = folder.resolve("adapter_config.json");
        Files.writeString(config, Files.readString(config).replace("\"r\": 1", "\"r\": 1, \"use_qalora\": true"));
        JsonNode json = CliRun.of("inspect", folder.toString(), "--json").json();
        assertThat(json.path("not_usable_here").asText()).contains("use_qalora");
    }

    @Test
    void listsTensorsWhenAsked() throws IOException {
        TinyModel.write(folder);
        CliRun run = CliRun.of("inspect", folder.resolve("model.safetensors").toString(), "--tensors");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).containsPattern("model\\.layers\\.0\\.mlp\\.down_proj\\.weight +F32 \\[6, 4\\]");
    }

    @Test
    void aFileOfAnotherKindIsOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "hello");
        CliRun run = CliRun.of("inspect", file.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("notes.txt").contains("no known kind");
    }
}
