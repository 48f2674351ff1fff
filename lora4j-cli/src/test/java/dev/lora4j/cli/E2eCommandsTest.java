package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.Example;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.tasks.E2e;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train}, {@code evaluate} and {@code experiment} on files in the form of E2E's. */
class E2eCommandsTest {
    @TempDir
    Path folder;

    private String model = "";

    @BeforeEach
    void write() throws IOException {
        model = TinyModel.write(folder.resolve("model")).toString();
        E2eFiles.write(folder);
    }

    private CliRun run(String command, String... more) {
        List<String> args =
                new ArrayList<>(List.of(command, "--json", "--task", "e2e", "-m", model, "-d", folder.toString()));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private Example firstRow() {
        try (ModelFiles files = ModelOption.open(model);
                Tokenizer tokenizer = Tokenizer.of(files)) {
            ExampleEncoder encoder = ExampleEncoder.causal(tokenizer, EncodingSettings.of(16));
            Dataset rows = E2e.rows(E2e.trainingFile(folder), tokenizer, encoder, RowPolicy.FAIL);
            assertThat(rows.size()).isEqualTo(8);
            return rows.get(0);
        }
    }

    @Test
    void onlyTheAnswerAndItsEndAreLearned() {
        Example row = firstRow();
        assertThat(row.tokens()).containsExactly(0, 4, 5); // zero, four, the end
        assertThat(row.trained(0)).isFalse();
        assertThat(row.trained(1)).isTrue();
        assertThat(row.trained(2)).isTrue();
    }

    /** As gpt2_encode.py of microsoft/LoRA writes it with add_bos and add_eos. */
    @Test
    void oneTokenForBeginningAndEndStandsBetweenInputAndAnswer() throws IOException {
        Files.writeString(
                folder.resolve("model").resolve("tokenizer_config.json"),
                "{\"bos_token\": \"</s>\", \"eos_token\": \"</s>\"}");
        Example row = firstRow();
        assertThat(row.tokens()).containsExactly(0, 5, 4, 5);
        assertThat(row.trained(1)).isFalse();
        assertThat(row.trained(2)).isTrue();
        assertThat(row.trained(3)).isTrue();
    }

    @Test
    void everyInputIsAnsweredOnceAndScoredAgainstAllItsReferences() throws IOException {
        Path saved = folder.resolve("answers.tsv");
        CliRun run = run("evaluate", "--save-predictions", saved.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("texts").asInt()).isEqualTo(2);
        assertThat(run.json().path("references").asInt()).isEqualTo(3);
        assertThat(run.json().path("bleu").asDouble()).isCloseTo(1, within(1e-12));
        assertThat(run.json().path("rouge_l").asDouble()).isCloseTo(1, within(1e-12));
        assertThat(run.json().path("ter").asDouble()).isZero();
        assertThat(saved).hasContent(E2eFiles.OWN_ANSWERS);

        CliRun again = CliRun.of(
                "evaluate", "--json", "--task", "e2e", "-d", folder.toString(), "--predictions", saved.toString());
        assertThat(again.json()).isEqualTo(run.json());
    }

    @Test
    void beamsAndFewerInputsAreChosenByOptions() {
        CliRun run = run("evaluate", "--beams", "2", "--length-penalty", "0.8", "--dev-rows", "1");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("texts").asInt()).isEqualTo(1);
        assertThat(run.json().path("rouge_l").asDouble()).isCloseTo(1, within(1e-12));
        CliRun short1 = run("evaluate", "--max-new-tokens", "1");
        assertThat(short1.json().path("ter").asDouble()).isGreaterThan(0.5); // "one" and "two" alone
    }

    @Test
    void whatIsTaughtIsAnswered() {
        String trained = folder.resolve("trained").toString();
        CliRun run = run(
                "train",
                "-o",
                trained,
                "--targets",
                "lm_head",
                "--learning-rate",
                "0.2",
                "--epochs",
                "20",
                "--validation-data",
                folder.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(folder.resolve("trained").resolve("adapter_config.json")).exists();
        Path saved = folder.resolve("answers.tsv");
        assertThat(run("evaluate", "--adapter", trained, "--save-predictions", saved.toString())
                        .exitCode())
                .isZero();
        assertThat(saved).content().contains("zero\tfour\n");
    }

    @Test
    void optionsForAnswersAreRefusedWhereThereAreNone() {
        CliRun run = CliRun.of("evaluate", "-m", model, "-d", folder.toString(), "--beams", "4");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("expected --task with one of [e2e, wikisql, webnlg, dart, samsum]");
        assertThat(run("evaluate", "--dev-rows", "0").err()).contains("dev-rows is 0; expected 1 or more");
        assertThat(run("evaluate", "--beams", "0").err()).contains("beams is 0; expected 1 to 256");
    }

    @Test
    void anExperimentTrainsTasksOfBothKindsAndStopsByTime() throws IOException {
        GlueFiles.write(folder, "CoLA");
        Path file = Files.writeString(folder.resolve("e.yaml"), """
                seeds: [1]
                at-once: 4
                batch-size: 3
                learning-rate: 0.2
                schedule: constant
                warmup-ratio: 0
                tasks:
                  e2e: {minutes: 1e-9, dev-rows: 2, max-new-tokens: 6}
                  cola: {}
                methods:
                  adapter-h: {size: 3}
                  full: {tasks: {e2e: {minutes: 0, epochs: 20}}}
                """);
        CliRun run = CliRun.of(
                "experiment",
                file.toString(),
                "--json",
                "-m",
                model,
                "-d",
                folder.toString(),
                "-o",
                folder.resolve("out").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        Path cells = folder.resolve("out").resolve("cells");
        JsonNode timed = json(cells.resolve("e2e-adapter-h-3-seed1"));
        assertThat(timed.path("steps").asInt()).isEqualTo(1);
        assertThat(timed.path("rows").asInt()).isEqualTo(3);
        assertThat(timed.path("side_by_side").asInt()).isEqualTo(1);
        assertThat(timed.path("scores").properties())
                .extracting(each -> each.getKey())
                .containsExactly("BLEU", "NIST", "ROUGE-L", "CIDEr", "TER", "METEOR exact and stem");
        JsonNode full = json(cells.resolve("e2e-full-seed1"));
        assertThat(full.path("steps").asInt()).isEqualTo(60);
        assertThat(full.path("rows").asInt()).isEqualTo(160);
        assertThat(full.path("head_parameters").asInt()).isZero();
        assertThat(cells.resolve("e2e-full-seed1").resolve("answers.tsv"))
                .content()
                .contains("zero\tfour\n");
        assertThat(json(cells.resolve("cola-full-seed1")).path("rows").asInt()).isEqualTo(8);
        assertThat(Files.readString(folder.resolve("out").resolve("report.md")))
                .contains("## E2E\n\n| method | BLEU | NIST | METEOR exact and stem | ROUGE-L | CIDEr | seeds |")
                .contains("## CoLA, matthews\n\n| method | score |");
    }

    private static JsonNode json(Path cell) throws IOException {
        return new ObjectMapper().readTree(cell.resolve("result.json").toFile());
    }
}
