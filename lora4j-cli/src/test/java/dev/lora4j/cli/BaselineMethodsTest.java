package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** {@code train --method} with the methods that LoRA is compared with. */
class BaselineMethodsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        Files.writeString(
                folder.resolve("train.jsonl"), "{\"prompt\": \"one\", \"completion\": \" four\"}\n".repeat(8));
    }

    private CliRun train(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "train",
                "-m",
                folder.resolve("model").toString(),
                "-d",
                folder.resolve("train.jsonl").toString(),
                "-o",
                folder.resolve("trained").toString(),
                "--learning-rate",
                "0.2",
                "--max-steps",
                "8",
                "--batch-size",
                "4"));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private double loss(String... more) {
        List<String> args = new ArrayList<>(List.of(
                "evaluate",
                "--json",
                "-m",
                folder.resolve("model").toString(),
                "-d",
                folder.resolve("train.jsonl").toString()));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new)).json().path("loss").asDouble();
    }

    @ParameterizedTest
    @CsvSource({
        "adapter-h, 3, adapter-h of 3 width",
        "adapter-l, 3, adapter-l of 3 width",
    })
    void whatIsTrainedIsMeasuredAskedAndInspected(String method, String size, String told) {
        String trained = folder.resolve("trained").toString();
        CliRun run = train("--method", method, "--size", size);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains(told);
        assertThat(loss("--adapter", trained)).isLessThan(loss());
        CliRun answer =
                CliRun.of("generate", "-m", folder.resolve("model").toString(), "-a", trained, "-p", "one", "-n", "1");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        CliRun inspected = CliRun.of("inspect", trained);
        assertThat(inspected.out()).contains(told).doesNotContain("not usable here");
    }

    /** The tiny model's attention moves nothing, so that virtual tokens teach it nothing; what they do, core's tests hold. */
    @ParameterizedTest
    @CsvSource({"prefix-embedding, 3, 18", "prefix-layer, 3, 18"})
    void virtualTokensAreTrainedAndAsked(String method, String size, int values) {
        String trained = folder.resolve("trained").toString();
        CliRun run = train("--method", method, "--size", size, "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("parameters").asInt()).isEqualTo(values);
        assertThat(loss("--adapter", trained)).isEqualTo(loss());
        CliRun answer =
                CliRun.of("generate", "-m", folder.resolve("model").toString(), "-a", trained, "-p", "one", "-n", "1");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--method=adapter-h --rank=4; method adapter-h has no rank",
                "--method=prefix-layer --lora-plus-ratio=16; lora-plus-ratio is for the B of low-rank pairs",
                "--method=lora --size=4; method lora has no size; leave it out",
                "--method=adapter-p --size=0; size of adapter-p is 0; expected width from 1 to 65536",
                "--method=bitfit; bitfit trains the biases, and the model has none",
            })
    void whatHasNoMeaningIsRefused(String options, String message) {
        CliRun run = train(options.split(" "));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(message);
        assertThat(folder.resolve("trained")).doesNotExist();
    }

    @Test
    void severalMethodsTrainAtOnceFromOneFile() throws IOException {
        Path file = Files.writeString(folder.resolve("methods.yaml"), """
                data: %s
                output: %s
                adapters:
                  low-rank:
                    rank: 2
                    targets: [lm_head, q_proj]
                  bottleneck:
                    method: adapter-h
                    size: 2
                  virtual:
                    method: prefix-layer
                    size: 2
                """.formatted(
                        folder.resolve("train.jsonl"), folder.resolve("trained")));
        CliRun run = train("--adapters", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(folder.resolve("trained/virtual")).isDirectoryContaining("glob:**adapter_model.safetensors");
        for (String name : List.of("low-rank", "bottleneck")) {
            assertThat(loss("--adapter", folder.resolve("trained/" + name).toString()))
                    .as(name)
                    .isLessThan(loss());
        }
    }
}
