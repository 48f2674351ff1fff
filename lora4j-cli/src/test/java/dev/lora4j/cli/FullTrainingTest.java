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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train --method full} and what reads its folder. */
class FullTrainingTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        // the base says "one two"; the rows want "one four"
        Files.writeString(
                folder.resolve("train.jsonl"), "{\"prompt\": \"one\", \"completion\": \" four\"}\n".repeat(8));
    }

    private CliRun train(String base, String output, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "train",
                "--method",
                "full",
                "-m",
                folder.resolve(base).toString(),
                "-d",
                folder.resolve("train.jsonl").toString(),
                "-o",
                folder.resolve(output).toString(),
                "--learning-rate",
                "0.2",
                "--max-steps",
                "4",
                "--batch-size",
                "4"));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private double loss(String model) {
        return CliRun.of(
                        "evaluate",
                        "--json",
                        "-m",
                        folder.resolve(model).toString(),
                        "-d",
                        folder.resolve("train.jsonl").toString())
                .json()
                .path("loss")
                .asDouble();
    }

    @Test
    void theFolderIsAModelThatHasLearnedAndThatEveryCommandReads() {
        CliRun run = train(
                "model",
                "trained",
                "--validation-data",
                folder.resolve("train.jsonl").toString(),
                "--json");
        assertThat(run.err())
                .contains("training 306 values, all of " + folder.resolve("model"))
                .contains("model after step 2: ");
        assertThat(run.exitCode()).isZero();
        JsonNode json = run.json();
        assertThat(json.path("model").asText())
                .isEqualTo(folder.resolve("trained").toString());
        assertThat(folder.resolve("trained"))
                .isDirectoryContaining("glob:**config.json")
                .isDirectoryContaining("glob:**model.safetensors")
                .isDirectoryContaining("glob:**tokenizer.json")
                .isDirectoryContaining("glob:**report.html")
                .isDirectoryNotContaining("glob:**adapter_config.json");
        CliRun answer = CliRun.of("generate", "-m", folder.resolve("trained").toString(), "-p", "one", "-n", "1");
        assertThat(answer.out().strip()).isEqualTo("four");
        assertThat(loss("trained")).isEqualTo(json.path("best_validation_loss").asDouble());
        CliRun on = train("trained", "on", "--json");
        assertThat(on.exitCode()).isZero();
        assertThat(loss("on")).isLessThan(loss("trained"));
    }

    @Test
    void aRunWithNothingLeftToDoKeepsItsReport() throws IOException {
        train("model", "trained");
        Path report = folder.resolve("trained/report.html");
        Files.writeString(report, "mine");
        assertThat(train("model", "trained", "--resume").exitCode()).isZero();
        assertThat(report).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--rank=4; 1; method full has no rank",
                "--targets=q_proj; 1; leave these out",
                "--modules-to-save=lm_head; 1; leave these out",
                "--lora-plus-ratio=16; 1; lora-plus-ratio is for the B of low-rank pairs",
                "--adapter=somewhere; 1; method full trains no adapter on",
                "--weights=bf16; 1; method full trains float32 weights, found bf16",
                "--compute=int8; 1; method full trains float32 weights, found int8-products",
                "--method=half; 2; expected one of"
            })
    void whatHasNoMeaningWithItIsRefused(String option, int exitCode, String message) {
        CliRun run = train("model", "trained", option);
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.err()).contains(message);
        assertThat(folder.resolve("trained")).doesNotExist();
    }

    @Test
    void aFileOfAdaptersCannotHaveIt() throws IOException {
        Path sweep = Files.writeString(folder.resolve("sweep.yaml"), """
                model: %s
                data: %s
                output: %s
                adapters:
                  whole:
                    method: full
                """.formatted(
                        folder.resolve("model"), folder.resolve("train.jsonl"), folder.resolve("out")));
        CliRun run = CliRun.of("train", "--adapters", sweep.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("adapter whole: method full changes the base, which a file of adapters shares");
    }
}
