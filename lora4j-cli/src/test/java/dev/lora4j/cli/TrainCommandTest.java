package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
    @TempDir
    Path folder;

    private Path config = Path.of("");

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        // the base says "one two"; the rows want "one four"
        Files.writeString(
                folder.resolve("train.jsonl"), "{\"prompt\": \"one\", \"completion\": \" four\"}\n".repeat(8));
        config = Files.writeString(folder.resolve("run.yaml"), """
                model: %s
                data: %s
                output: %s
                targets: [lm_head]
                rank: 2
                learning-rate: 0.2
                warmup-ratio: 0
                schedule: constant
                epochs: 20
                batch-size: 4
                """.formatted(
                        folder.resolve("model"), folder.resolve("train.jsonl"), folder.resolve("adapter")));
    }

    private CliRun train(String... more) {
        List<String> args = new ArrayList<>(List.of("train", "--config", config.toString()));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private String answer() {
        return CliRun.of(
                        "generate",
                        "-m",
                        folder.resolve("model").toString(),
                        "-a",
                        folder.resolve("adapter").toString(),
                        "-p",
                        "one",
                        "-n",
                        "1")
                .out()
                .strip();
    }

    @Test
    void theAdapterHasLearnedWhatTheRowsSay() {
        CliRun run = train("--json");
        assertThat(run.err()).contains("training 24 values in 1 layers").doesNotContain("lora4j:");
        assertThat(run.exitCode()).isZero();
        JsonNode json = run.json();
        assertThat(json.path("steps").asInt()).isEqualTo(40);
        assertThat(json.path("ended").asText()).isEqualTo("completed");
        assertThat(answer()).isEqualTo("four");
        String adapter = folder.resolve("adapter").toString();
        assertThat(CliRun.of("inspect", adapter, "--json").json().path("base").asText())
                .isEqualTo(folder.resolve("model").toString());
        assertThat(folder.resolve("adapter"))
                .isDirectoryContaining("glob:**report.html")
                .isDirectoryContaining("glob:**tokenizer.json")
                .isDirectoryContaining("glob:**training-log.jsonl");
    }

    @Test
    void theReportShowsAnswersWithoutAndWithTheAdapter() throws IOException {
        assertThat(train().exitCode()).isZero();
        assertThat(Files.readString(folder.resolve("adapter/report.html")))
                .contains("<tr><td>one</td><td>four</td><td>two")
                .contains("</td><td>four</td></tr>");
    }

    @Test
    void trainsMagnitudesWhenAsked() {
        assertThat(train("--targets", "q_proj", "--dora", "--initialization", "gaussian", "--max-steps", "2")
                        .exitCode())
                .isZero();
        String adapter = folder.resolve("adapter").toString();
        CliRun run = CliRun.of("inspect", adapter + "/adapter_model.safetensors", "--tensors");
        assertThat(run.out()).contains("q_proj.lora_magnitude_vector");
    }

    @Test
    void aBaseThatComputesInBytesIsTrainedAndMeasured() {
        CliRun run = train("--targets", "q_proj", "--compute", "int8", "--max-steps", "2", "--json");
        if (run.err().contains("needs an x86 processor with VNNI")) { // only where it is so: Int8ComputeTest
            assertThat(run.exitCode()).isEqualTo(1);
            return;
        }
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("steps").asInt()).isEqualTo(2);
        CliRun measured = CliRun.of(
                "evaluate",
                "-m",
                folder.resolve("model").toString(),
                "-d",
                folder.resolve("train.jsonl").toString(),
                "-a",
                folder.resolve("adapter").toString(),
                "--compute",
                "int8");
        assertThat(measured.exitCode()).as(measured.err()).isZero();
    }

    @Test
    void bytesAreNotMultipliedOverAnotherFormat() {
        CliRun run = train("--compute", "int8", "--weights", "nf4");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("compute int8").contains("weights nf4");
        CliRun asWeights = train("--weights", "int8-products");
        assertThat(asWeights.exitCode()).isEqualTo(2);
        assertThat(asWeights.err()).hasLineCount(1).contains("weights cannot be int8-products");
    }

    @Test
    void anUnknownFormatIsAnsweredWithThoseThatThereAre() {
        CliRun run = train("--weights", "int3");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("weights cannot be int3; expected one of f32, packed, bf16, int8, nf4, stored")
                .doesNotContain("products");
    }

    @Test
    void flagsOverrideTheFile() {
        assertThat(train("--max-steps", "3", "--json").json().path("steps").asInt())
                .isEqualTo(3);
    }

    @Test
    void aFinishedTrainingIsNotOverwrittenByAccident() {
        train("--max-steps", "1");
        CliRun again = train("--max-steps", "1");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains("--resume");
    }

    @Test
    void anUnknownKeyIsAUsageErrorWithTheNearestKeys() throws IOException {
        Files.writeString(config, Files.readString(config) + "learning-rat: 1\n");
        CliRun run = train();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("run.yaml")
                .contains("\"learning-rat\"")
                .contains("did you mean learning-rate");
    }

    @Test
    void aValueOfTheWrongKindNamesFileAndKey() throws IOException {
        Files.writeString(config, Files.readString(config).replace("rank: 2", "rank: two"));
        CliRun run = train();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("run.yaml: rank:").contains("two");
    }

    @Test
    void aKeyGivenTwiceIsRefused() throws IOException {
        Files.writeString(config, Files.readString(config) + "rank: 4\n");
        CliRun run = train();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("run.yaml").contains("rank");
    }

    @Test
    void aSettingOutOfRangeIsOneLine() {
        CliRun run = train("--batch-size", "0");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("batch-size is 0");
    }

    @Test
    void evaluationSeesWhatWasLearned() {
        train();
        String model = folder.resolve("model").toString();
        String data = folder.resolve("train.jsonl").toString();
        JsonNode before = CliRun.of("evaluate", "-m", model, "-d", data, "--generate", "--json")
                .json();
        JsonNode after = CliRun.of(
                        "evaluate",
                        "-m",
                        model,
                        "-d",
                        data,
                        "-a",
                        folder.resolve("adapter").toString(),
                        "--generate",
                        "--json")
                .json();
        assertThat(before.path("exact_match").asDouble()).isZero();
        assertThat(after.path("exact_match").asDouble()).isEqualTo(1);
        assertThat(after.path("loss").asDouble()).isLessThan(before.path("loss").asDouble() / 2);
        assertThat(after.path("perplexity").asDouble())
                .isEqualTo(Math.exp(after.path("loss").asDouble()));
    }

    @Test
    void inspectingTheRowsShowsWhatIsLearned() {
        CliRun run = CliRun.of(
                "inspect",
                folder.resolve("train.jsonl").toString(),
                "--model",
                folder.resolve("model").toString(),
                "--rows",
                "1");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("[[").containsPattern("rows +8").containsPattern("learned tokens +16");
    }
}
