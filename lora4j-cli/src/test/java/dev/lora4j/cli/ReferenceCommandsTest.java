package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train}, {@code evaluate} and {@code experiment} on files in the forms of WebNLG, DART and SAMSum. */
class ReferenceCommandsTest {
    @TempDir
    Path folder;

    private String model = "";

    @BeforeEach
    void write() throws IOException {
        model = TinyModel.write(folder.resolve("model")).toString();
        ReferenceFiles.webNlg(folder);
        ReferenceFiles.dart(folder);
        ReferenceFiles.samSum(folder);
    }

    private CliRun run(String command, String task, String... more) {
        List<String> args =
                new ArrayList<>(List.of(command, "--json", "--task", task, "-m", model, "-d", folder.toString()));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private static double value(CliRun run, String name) {
        assertThat(run.json().has(name)).as(name + " in " + run.out()).isTrue();
        return run.json().path(name).asDouble();
    }

    /** The answer to both inputs is {@code one two three four}. */
    @Test
    void webNlgIsScoredOverAllSeenAndUnseen() {
        CliRun run = run("evaluate", "webnlg");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(value(run, "texts")).isEqualTo(2);
        assertThat(value(run, "references")).isEqualTo(3);
        assertThat(value(run, "bleu_seen")).isCloseTo(1, within(1e-12));
        assertThat(value(run, "bleu_unseen")).isCloseTo(Math.exp(1 - 5.0 / 4), within(1e-12)); // too short alone
        assertThat(value(run, "bleu")).isCloseTo(Math.exp(1 - 9.0 / 8), within(1e-12));
        assertThat(value(run, "ter_seen")).isZero();
        assertThat(value(run, "ter_unseen")).isCloseTo(1.0 / 5, within(1e-12)); // a word is missing
        assertThat(value(run, "ter")).isCloseTo(1.0 / (3 + 5), within(1e-12)); // texts of 4 and 2 words, and of 5
        assertThat(value(run, "meteor_exact_and_stem_seen")).isGreaterThan(value(run, "meteor_exact_and_stem_unseen"));
        CliRun one = run("evaluate", "webnlg", "--dev-rows", "1");
        assertThat(one.json().has("bleu_seen")).isNotEqualTo(one.json().has("bleu_unseen"));
    }

    @Test
    void dartIsScoredAgainstAllItsTexts() {
        CliRun run = run("evaluate", "dart", "--beams", "3", "--length-penalty", "0.8", "--no-repeat-ngram", "4");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(value(run, "texts")).isEqualTo(2);
        assertThat(value(run, "references")).isEqualTo(3);
        assertThat(value(run, "bleu")).isCloseTo(Math.exp(1 - 9.0 / 8), within(1e-12));
        assertThat(value(run, "ter")).isCloseTo(1.0 / (3 + 5), within(1e-12));
        assertThat(value(run, "meteor_exact_and_stem")).isBetween(0.5, 1.0);
    }

    /** {@code one two three four} for {@code one two four}. */
    @Test
    void samSumIsScoredByRouge() {
        CliRun run = run("evaluate", "samsum");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(value(run, "texts")).isEqualTo(1);
        assertThat(run.json().has("references")).isFalse();
        assertThat(value(run, "rouge_1")).isCloseTo(6.0 / 7, within(1e-12)); // 3 of 4 and 3 of 3
        assertThat(value(run, "rouge_2")).isCloseTo(2.0 / 5, within(1e-12)); // 1 of 3 and 1 of 2
        assertThat(value(run, "rouge_l")).isCloseTo(6.0 / 7, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "webnlg ~ MR\toutput\\nC : is : zero\tone two three four\\nD : is : zero\tone two three four\\n",
                "dart ~ MR\toutput\\nB : is : two | C : has : zero\tone two three four\\nD : is : zero\tone two three four\\n",
                "samsum ~ MR\toutput\\n\"Ann: two\\nBob: zero\"\tone two three four\\n"
            })
    void savedAnswersAreScoredAgain(String task, String table) {
        Path saved = folder.resolve("answers.tsv");
        CliRun run = run("evaluate", task, "--save-predictions", saved.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(saved).content().isEqualTo(table.replace("\\n", "\n"));
        CliRun again = CliRun.of(
                "evaluate", "--json", "--task", task, "-d", folder.toString(), "--predictions", saved.toString());
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.json()).isEqualTo(run.json());
    }

    @Test
    void answersToOtherInputsAreRefused() throws IOException {
        Path other =
                Files.writeString(folder.resolve("other.tsv"), "MR\toutput\nE : is : zero\tone\nD : is : zero\ttwo\n");
        CliRun run =
                CliRun.of("evaluate", "--task", "webnlg", "-d", folder.toString(), "--predictions", other.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("answers \"E : is : zero\", expected \"C : is : zero\"");
    }

    /** Eight references are eight rows, which are one step of an epoch. */
    @ParameterizedTest
    @ValueSource(strings = {"webnlg", "dart", "samsum"})
    void eachReferenceIsARowAndWhatIsTaughtIsAnswered(String task) throws IOException {
        Path trained = folder.resolve("trained");
        CliRun run = run(
                "train",
                task,
                "-o",
                trained.toString(),
                "--targets",
                "lm_head",
                "--learning-rate",
                "0.2",
                "--epochs",
                "20",
                "--batch-size",
                "8",
                "--validation-data",
                folder.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("steps").asInt()).isEqualTo(20);
        Path saved = folder.resolve("answers.tsv");
        CliRun asked = run("evaluate", task, "-a", trained.toString(), "--save-predictions", saved.toString());
        assertThat(asked.exitCode()).as(asked.err()).isZero();
        assertThat(saved).content().contains("\tfour\n").doesNotContain("\tone");
    }

    @ParameterizedTest
    @CsvSource({
        "webnlg, 'expected one of [train.json, train.xml], as it is or with .gz'",
        "dart, 'expected one of [dart-v1.1.1-full-train.json], as it is or with .gz'",
        "samsum, 'expected one of [train.json], as it is or with .gz'"
    })
    void aFolderWithoutTheFilesIsToldWhatWasLookedFor(String task, String message) throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        String output = folder.resolve("out").toString();
        CliRun run = CliRun.of("train", "--task", task, "-m", model, "-d", empty.toString(), "-o", output);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains(empty.toString())
                .contains("has no training file")
                .contains(message);
    }

    @Test
    void anExperimentTellsTheScoresOfEachTask() throws IOException {
        Path file = Files.writeString(folder.resolve("e.yaml"), """
                seeds: [1]
                batch-size: 4
                epochs: 1
                learning-rate: 1e-9
                tasks:
                  webnlg: {max-new-tokens: 6, beams: 2}
                  dart: {max-new-tokens: 6, metric: TER}
                  samsum: {train-rows: 4, max-new-tokens: 6, metric: ROUGE-2}
                methods:
                  adapter-h: {size: 3}
                """);
        Path out = folder.resolve("out");
        CliRun run = CliRun.of(
                "experiment", file.toString(), "--json", "-m", model, "-d", folder.toString(), "-o", out.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(Files.readString(out.resolve("report.md")))
                .contains("## WebNLG\n\n| method | BLEU unseen | BLEU seen | BLEU | METEOR exact and stem unseen |")
                .contains("## DART\n\n| method | BLEU | METEOR exact and stem | TER | seeds |")
                .contains("## SAMSum\n\n| method | ROUGE-1 | ROUGE-2 | ROUGE-L | seeds |");
        JsonNode samSum = new ObjectMapper()
                .readTree(out.resolve("cells")
                        .resolve("samsum-adapter-h-3-seed1")
                        .resolve("result.json")
                        .toFile());
        assertThat(samSum.path("rows").asInt()).isEqualTo(4);
        assertThat(out.resolve("cells").resolve("webnlg-adapter-h-3-seed1").resolve("answers.tsv"))
                .content()
                .startsWith("MR\toutput\nC : is : zero\t");
    }
}
