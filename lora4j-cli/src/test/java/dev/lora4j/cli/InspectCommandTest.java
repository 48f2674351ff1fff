package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    @Test
    void aPickleIsRefusedForWhatItIsWithTheWayToConvertIt() throws IOException {
        Path model = TinyModel.write(folder.resolve("model"));
        Path mnli = Files.createDirectories(folder.resolve("mnli"));
        Path pickle = mnli.resolve("roberta_base_lora_mnli.bin");
        Files.writeString(pickle, "PK");
        Path rows = Files.writeString(folder.resolve("rows.jsonl"), "{\"text\": \"one two\"}\n");
        String base = model.toString();
        String adapter = mnli.toString();
        String[][] commands = {
            {"inspect", adapter},
            {"inspect", pickle.toString()},
            {"evaluate", "-m", base, "-a", adapter, "-d", rows.toString()},
            {"evaluate", "-m", base, "-a", pickle.toString(), "-d", rows.toString()},
            {"merge", "-m", base, "-a", adapter, "-o", folder.resolve("merged").toString()},
            {"generate", "-m", base, "-a", adapter, "-p", "one"},
            {
                "combine",
                "-m",
                base,
                "-a",
                adapter,
                "-o",
                folder.resolve("combined").toString()
            }
        };
        for (String[] command : commands) {
            CliRun run = CliRun.of(command);
            assertThat(run.exitCode()).as(String.join(" ", command)).isEqualTo(1);
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains(
                            "roberta_base_lora_mnli.bin is a pickle and is never read, since unpickling runs the code")
                    .contains(
                            "safetensors.torch.save_file(torch.load(\"roberta_base_lora_mnli.bin\", map_location=\"cpu\","
                                    + " weights_only=True), \"adapter_model.safetensors\")");
        }
        assertThat(folder.resolve("merged")).doesNotExist();
    }

    @Test
    void tellsLoralibsAdapterByItsNames() throws IOException {
        TinyModel.writeAdapter(folder);
        Path weights = folder.resolve("adapter_model.safetensors");
        List<TensorContent> renamed = List.of(
                TensorContent.floats("model.layers.0.self_attn.q_proj.lora_A", List.of(1L, 6L), new float[6]),
                TensorContent.floats("model.layers.0.self_attn.q_proj.lora_B", List.of(6L, 1L), new float[6]),
                TensorContent.floats("model.norm.weight", List.of(6L), new float[6]));
        SafetensorsWriter.write(weights, renamed);
        JsonNode json = CliRun.of("inspect", folder.toString(), "--json").json();
        assertThat(json.path("of_low_rank_pairs").asInt()).isEqualTo(12);
        assertThat(json.path("parameters").asInt()).isEqualTo(18);
        assertThat(json.path("trained_whole").asText()).isEqualTo("model.norm.weight");
        Files.delete(folder.resolve("adapter_config.json"));
        CliRun run = CliRun.of("inspect", folder.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("the tensors have loralib's names and do not say alpha")
                .contains("{\"peft_type\":\"LORA\",\"r\":1,\"target_modules\":[\"q_proj\"]}");
    }
}
