package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeCommandTest {
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";

    @TempDir
    Path folder;

    private Path output = Path.of("");

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        TinyModel.writeAdapter(folder.resolve("adapter"));
        output = folder.resolve("merged");
    }

    private CliRun merge(String... more) {
        String[] args = {"merge", "-m", folder + "/model", "-a", folder + "/adapter", "-o", output.toString()};
        String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return CliRun.of(all);
    }

    private FloatBuffer floats(String name) throws IOException {
        Path file = output.resolve("model.safetensors");
        StoredTensor.Mapped tensor = SafetensorsFile.open(file).tensor(name);
        byte[] bytes = Files.readAllBytes(file);
        return ByteBuffer.wrap(bytes, (int) tensor.offset(), (int) tensor.bytes())
                .order(ByteOrder.LITTLE_ENDIAN)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    @Test
    void theTargetIsWPlusScaledBA() throws IOException {
        CliRun run = merge("--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.json().path("merged_layers").asInt()).isEqualTo(1);
        FloatBuffer query = floats(QUERY);
        for (int i = 0; i < 36; i++) {
            assertThat(query.get(i)).isEqualTo(i < 6 ? 2f : 0f);
        }
    }

    @Test
    void everythingElseIsCopied() throws IOException {
        merge();
        FloatBuffer head = floats("lm_head.weight");
        assertThat(head.get(6)).isEqualTo(1f);
        assertThat(head.get(0)).isZero();
        for (String name : new String[] {"tokenizer.json", "config.json", "tokenizer_config.json"}) {
            assertThat(output.resolve(name)).isNotEmptyFile();
        }
        assertThat(CliRun.of("generate", "-m", output.toString(), "-p", "two", "-n", "1")
                        .out()
                        .strip())
                .isEqualTo("three");
    }

    @Test
    void anUnknownTypeIsAUsageError() {
        CliRun run = merge("--dtype", "q4");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("--dtype").contains("q4");
    }

    @Test
    void aTypeThatNoModelHasIsRefused() {
        CliRun run = merge("--dtype", "i8");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("f32, f16 or bf16");
        assertThat(output).doesNotExist();
    }
}
