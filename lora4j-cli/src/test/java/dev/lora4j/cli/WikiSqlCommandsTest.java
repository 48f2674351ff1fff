package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train}, {@code evaluate} and {@code experiment} on files in the form of WikiSQL's. */
class WikiSqlCommandsTest {
    @TempDir
    Path folder;

    private Path home = Path.of("");

    @BeforeEach
    void write() throws IOException {
        home = WikiSqlFiles.write(folder);
    }

    private CliRun predictions(String data, List<String> answers) throws IOException {
        Path file = Files.write(folder.resolve("answers.txt"), answers);
        return CliRun.of("evaluate", "--json", "--task", "wikisql", "-d", data, "--predictions", file.toString());
    }

    private CliRun run(String command, String... more) throws IOException {
        Path model = folder.resolve("model");
        if (!Files.exists(model)) {
            TinyModel.write(model);
        }
        List<String> args = new ArrayList<>(
                List.of(command, "--json", "--task", "wikisql", "-m", model.toString(), "-d", folder.toString()));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    @Test
    void answersAreScoredByTheirFormAndTheirResult() throws IOException {
        CliRun run = predictions(
                folder.toString(),
                List.of(
                        "select player from 1-1-1 where POINTS > '10' and team = 'DUKE'", // the same form
                        "SELECT AVG(Points) FROM 1-1-1 WHERE Points < 13 AND Team = 'duke'", // the same result: 10.75
                        "SELECT COUNT(Team) FROM 1-1-1", // the same result: 4
                        "SELECT Team FROM 1-1-1 WHERE Player = 'Eve'")); // a query without rows
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("texts").asInt()).isEqualTo(4);
        assertThat(run.json().path("logical_form").asDouble()).isCloseTo(0.25, within(1e-12));
        assertThat(run.json().path("execution").asDouble()).isCloseTo(0.75, within(1e-12));
        assertThat(run.json().path("readable").asDouble()).isCloseTo(1, within(1e-12));
    }

    @Test
    void anAttackAndANonAnswerAreWrongAndHarmless() throws IOException {
        CliRun run = predictions(
                folder.toString(),
                List.of(
                        "SELECT Player FROM 1-1-1; DROP TABLE table_1_1_1",
                        "SELECT AVG(Points) FROM 1-1-1 WHERE Team = 'x'' OR ''1''=''1'",
                        "I am not sure.",
                        "SELECT Team FROM 1-1-1 WHERE Player = 'Eve O''Fee'"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("logical_form").asDouble()).isCloseTo(0.25, within(1e-12));
        assertThat(run.json().path("execution").asDouble()).isCloseTo(0.25, within(1e-12));
        assertThat(run.json().path("readable").asDouble()).isCloseTo(0.5, within(1e-12));
    }

    @Test
    void anotherPartIsAskedByItsFile() throws IOException {
        Files.writeString(
                home.resolve("small.jsonl"),
                Files.readString(home.resolve("dev.jsonl")).lines().findFirst().orElseThrow());
        Files.copy(home.resolve("dev.tables.jsonl"), home.resolve("small.tables.jsonl"));
        CliRun run = predictions(home.resolve("small.jsonl").toString(), List.of("SELECT Player FROM t"));
        assertThat(run.json().path("texts").asInt()).isEqualTo(1);
        assertThat(run.json().path("execution").asDouble()).isZero();
    }

    @Test
    void textsWithoutTablesHaveNoScoreOfResults() throws IOException {
        Path file = Files.writeString(
                folder.resolve("plain.jsonl"),
                "{\"text\": \"table: 1-2\\ncolumns: A, B\\nQ: one?\\nA: SELECT MAX A FROM 1-2 WHERE B = 3\"}\n");
        CliRun run = predictions(file.toString(), List.of("SELECT MAX(A) FROM 1-2 WHERE B = '3'"));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("logical_form").asDouble()).isCloseTo(1, within(1e-12));
        assertThat(run.json().has("execution")).isFalse();
    }

    @Test
    void aModelIsTrainedAndItsAnswersAreScored() throws IOException {
        String trained = folder.resolve("trained").toString();
        CliRun training = run(
                "train", "-o", trained, "--targets", "lm_head", "--epochs", "1", "--validation-data", home.toString());
        assertThat(training.exitCode()).as(training.err()).isZero();
        Path saved = folder.resolve("answers.tsv");
        CliRun run = run(
                "evaluate",
                "--adapter",
                trained,
                "--max-new-tokens",
                "3",
                "--dev-rows",
                "2",
                "--save-predictions",
                saved.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("texts").asInt()).isEqualTo(2);
        assertThat(run.json().path("readable").asDouble()).isZero(); // the model knows four words, none of them SELECT
        assertThat(run.json().path("execution").asDouble()).isZero();
        assertThat(saved).content().contains("\"table: 1-1-1\ncolumns: Player, No., Team, Points\nQ: ");
    }

    @Test
    void savedAnswersAreScoredAgain() throws IOException {
        Path saved = folder.resolve("answers.tsv");
        CliRun run = run("evaluate", "--max-new-tokens", "3", "--save-predictions", saved.toString());
        CliRun again = CliRun.of(
                "evaluate", "--json", "--task", "wikisql", "-d", folder.toString(), "--predictions", saved.toString());
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.json()).isEqualTo(run.json());
    }

    @Test
    void anExperimentTellsBothScores() throws IOException {
        Path file = Files.writeString(folder.resolve("e.yaml"), """
                seeds: [1]
                batch-size: 4
                tasks:
                  wikisql: {epochs: 1, dev-rows: 2, max-new-tokens: 3, metric: execution}
                methods:
                  adapter-h: {size: 3}
                """);
        TinyModel.write(folder.resolve("model"));
        CliRun run = CliRun.of(
                "experiment",
                file.toString(),
                "--json",
                "-m",
                folder.resolve("model").toString(),
                "-d",
                folder.toString(),
                "-o",
                folder.resolve("out").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(folder.resolve("out").resolve("report.md"))
                .content()
                .contains("## WikiSQL\n\n| method | logical form | execution | seeds |");
    }
}
