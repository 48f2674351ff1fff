package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lora4j evaluate --task e2e --predictions}: scores without a model. */
class TextTaskTest {
    @TempDir
    private Path folder;

    private Path answers;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                folder.resolve("test.txt"),
                "name : A||one two three four five\nname : A||one two\nname : B||six seven eight nine ten\n");
        answers = folder.resolve("answers.txt");
        Files.writeString(answers, "one two three four five\nsix seven eight nine ten\n");
    }

    @Test
    void answersThatAreReferencesHaveTheHighestScores() {
        CliRun run = evaluate("--task", "e2e", "--predictions", answers.toString(), "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json().path("texts").asInt()).isEqualTo(2);
        assertThat(run.json().path("references").asInt()).isEqualTo(3);
        assertThat(run.json().path("bleu").asDouble()).isCloseTo(1, within(1e-12));
        assertThat(run.json().path("rouge_l").asDouble()).isCloseTo(1, within(1e-12));
        assertThat(run.json().path("ter").asDouble()).isZero();
    }

    @Test
    void peopleGetANumberOfEachMetric() {
        CliRun run = evaluate("--task", "E2E", "--predictions", answers.toString());
        assertThat(run.out()).contains("texts", "BLEU", "NIST", "ROUGE-L", "CIDEr", "TER");
    }

    @Test
    void predictionsNeedATaskWhoseAnswersAreTexts() {
        assertThat(evaluate("--predictions", answers.toString()).err())
                .contains(
                        "--predictions needs a --task whose answers are texts: one of [e2e, wikisql, webnlg, dart, samsum]");
        assertThat(evaluate("--task", "e3e", "--model", "m").err()).contains("there is no task \"e3e\"");
        assertThat(evaluate("--task", "e2e", "--predictions", answers.toString(), "--beams", "2")
                        .err())
                .contains("beams, length-penalty, no-repeat-ngram, dev-rows and save-predictions are for a model");
    }

    @Test
    void aModelOrPredictionsMustBeNamed() {
        CliRun run = evaluate("--task", "e2e");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("-m=MODEL", "--predictions=FILE");
    }

    private CliRun evaluate(String... more) {
        String[] args = new String[more.length + 3];
        args[0] = "evaluate";
        args[1] = "--data";
        args[2] = folder.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return CliRun.of(args);
    }
}
