package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path folder;

    @Test
    void withoutACommandItShowsHowItIsUsedAndFails() {
        CliRun run = CliRun.of();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("Usage: lora4j").contains("generate", "inspect", "merge");
    }

    @Test
    void askedForHelpItSucceeds() {
        CliRun run = CliRun.of("merge", "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Usage: lora4j merge").contains("--output");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(CliRun.of("--version").out()).matches("lora4j \\d+\\.\\d+\\.\\d+\\S* \\(Java \\d+\\)\\s*");
    }

    @Test
    void aTypoInAFlagIsAUsageErrorWithTheNearestFlag() {
        CliRun run = CliRun.of("merge", "--model", "m", "--adaptor", "a", "--output", "o");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("lora4j: ")
                .contains("--adaptor")
                .contains("did you mean --adapter");
    }

    @Test
    void aMissingRequiredFlagIsAUsageError() {
        CliRun run = CliRun.of("merge", "--model", "m");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("--adapter").contains("--output");
    }

    @Test
    void aMissingModelIsOneLineThatNamesIt() {
        CliRun run = CliRun.of("generate", "--model", folder.resolve("nothing") + "", "--prompt", "x");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("nothing").contains("no such model");
    }

    @Test
    void aModelThatWasNotPulledIsOneLineThatSaysHow() {
        CliRun run = CliRun.of("generate", "--model", "no-such-organisation/no-such-model", "--prompt", "x");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("lora4j pull no-such-organisation/no-such-model");
    }

    @Test
    void aHostileHeaderIsOneLine() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0, Long.MAX_VALUE)
                        .array());
        CliRun run = CliRun.of("inspect", file.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(1).contains("model.safetensors").doesNotContain("Exception");
    }

    @Test
    void onlyVerboseShowsWhereItFailed() {
        String missing = folder.resolve("nothing").toString();
        assertThat(CliRun.of("inspect", missing).err()).hasLineCount(1);
        assertThat(CliRun.of("inspect", missing, "--verbose").err()).contains("\tat dev.lora4j.cli.InspectCommand");
    }

    @Test
    void aDeviceThatIsNotThereIsOneLine() throws IOException {
        TinyModel.write(folder.resolve("model"));
        CliRun run = CliRun.of(
                "generate", "--model", folder.resolve("model").toString(), "--device", "tpu", "--prompt", "one");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("tpu").contains("cpu, cuda");
    }
}
