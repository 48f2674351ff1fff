package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
    private static CliRun gpt3(String... more) {
        String[] arguments = {"plan", "--model", "gpt3-175b", "--rank", "4", "--targets", "q,v"};
        String[] all =
                Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new);
        return CliRun.of(all);
    }

    /** 96 · 2 · 4 · (12,288 + 12,288) values, two bytes each; section 4.2 of arXiv 2106.09685. */
    @Test
    void gpt3HasTheArticlesNumbers() {
        JsonNode plan = gpt3("--json").json();
        assertThat(plan.path("trained").asLong()).isEqualTo(18_874_368);
        assertThat(plan.path("checkpoint_bytes").asLong())
                .isEqualTo(2 * 18_874_368L)
                .isBetween(35_000_000L, 38_000_000L);
        assertThat(plan.path("full_copy_bytes").asDouble()).isBetween(348e9, 352e9);
        assertThat(plan.path("models_bytes").asDouble()).isBetween(350e9, 356e9);
        assertThat(plan.path("full_copies_bytes").asDouble()).isBetween(34.8e12, 35.2e12);
        assertThat(plan.path("frozen_bytes").asDouble()).isBetween(348e9, 352e9);
        assertThat(1.2e12)
                .isBetween(
                        plan.path("full_with_moments_bytes").asDouble(),
                        plan.path("full_with_gradients_bytes").asDouble());
    }

    @Test
    void theArticlesNumbersAreToldWithTheirFormulas() {
        assertThat(gpt3().out())
                .contains(
                        "18.9 M",
                        "18.9 M x 2 bytes",
                        "37.7 MB",
                        "about 35 MB",
                        "350 GB",
                        "349.2 GB + 100 x 37.7 MB",
                        "about 354 GB, not 35 TB",
                        "1.2 TB to 350 GB");
    }

    @Test
    void aFolderIsPlannedByItsFilesAndAConfigurationByItself(@TempDir Path folder) throws IOException {
        TinyModel.write(folder.resolve("tiny"));
        Path alone = folder.resolve("alone.json");
        Files.copy(folder.resolve("tiny/config.json"), alone);
        JsonNode byFiles = CliRun.of("plan", "-m", folder.resolve("tiny").toString(), "-r", "1", "--json")
                .json();
        JsonNode byConfig =
                CliRun.of("plan", "-m", alone.toString(), "-r", "1", "--json").json();
        assertThat(byFiles.path("trained").asLong()).isEqualTo(2 * (6 + 6)); // q and v of one layer, 6 to 6
        assertThat(byFiles.path("parameters").asLong()).isEqualTo(2 * 36 + 4 * 36 + 3 * 24 + 3 * 6);
        assertThat(byConfig.path("trained")).isEqualTo(byFiles.path("trained"));
        assertThat(byConfig.path("parameters")).isEqualTo(byFiles.path("parameters"));
        assertThat(byConfig.path("total_bytes")).isEqualTo(byFiles.path("total_bytes"));
    }

    @Test
    void everyMethodHasAPlan() {
        for (String method : new String[] {"lora", "full", "bitfit", "adapter", "prefix"}) {
            CliRun run = CliRun.of("plan", "-m", "gpt2", "--method", method, "--json");
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.json().path("trained").asLong()).isPositive();
        }
    }

    @Test
    void anUnknownTargetIsAnErrorThatNamesTheNearest() {
        CliRun run = CliRun.of("plan", "-m", "llama", "--targets", "q_prj");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("q_prj", "q_proj");
    }

    @Test
    void weightsAsStoredNeedFiles() {
        CliRun run = CliRun.of("plan", "-m", "llama", "--weights", "stored");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("there are no files to keep the weights as stored");
    }
}
