package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code train} and {@code evaluate} on files with the columns of GLUE's. */
class GlueCommandsTest {
    @TempDir
    Path folder;

    private String model = "";

    @BeforeEach
    void write() throws IOException {
        model = TinyModel.write(folder.resolve("model")).toString();
    }

    private CliRun train(String task) {
        List<String> args = new ArrayList<>(List.of("train", "--task", task, "-m", model));
        args.addAll(
                List.of("-d", folder.toString(), "-o", folder.resolve("adapter").toString(), "--targets", "q_proj"));
        args.addAll(List.of("--learning-rate", "0.1", "--epochs", "20"));
        return CliRun.of(args.toArray(String[]::new));
    }

    private CliRun evaluate(String task) {
        String adapter = folder.resolve("adapter").toString();
        return CliRun.of("evaluate", "--json", "--task", task, "-m", model, "-d", folder.toString(), "-a", adapter);
    }

    @ParameterizedTest
    @CsvSource({
        "CoLA, 8, matthews accuracy, unacceptable acceptable",
        "SST-2, 8, accuracy, negative positive",
        "MRPC, 8, accuracy f1, not_equivalent equivalent",
        "QQP, 8, accuracy f1, not_duplicate duplicate",
        "MNLI, 16, accuracy accuracy_matched accuracy_mismatched, entailment neutral contradiction",
        "QNLI, 8, accuracy, entailment not_entailment",
        "RTE, 8, accuracy, entailment not_entailment",
        "WNLI, 8, accuracy, not_entailment entailment",
        "STS-B, 8, pearson spearman, ''"
    })
    void whatATaskTeachesIsMeasuredByItsOwnScores(String title, int rows, String scores, String labels)
            throws IOException {
        GlueFiles.write(folder, title);
        CliRun run = train(title.toLowerCase(Locale.ROOT));
        assertThat(run.exitCode()).as(run.err()).isZero();
        if (!labels.isEmpty()) {
            JsonNode stored = new ObjectMapper()
                    .readTree(folder.resolve("adapter").resolve("labels.json").toFile());
            assertThat(stored.path("labels")).extracting(JsonNode::asText).containsExactly(labels.split(" ", -1));
        }
        JsonNode found = evaluate(title).json();
        assertThat(found.path("rows").asInt()).isEqualTo(rows);
        List<String> names = new ArrayList<>();
        found.fieldNames().forEachRemaining(names::add);
        assertThat(names.subList(1, names.size())).containsExactly(scores.split(" ", -1));
        for (String score : scores.split(" ", -1)) { // the last word tells the answer
            assertThat(found.path(score).asDouble()).as(score).isGreaterThan(0.999);
        }
    }

    @Test
    void aBadLineIsOneErrorWithItsPlace() throws IOException {
        GlueFiles.write(folder, "CoLA");
        Files.writeString(folder.resolve("CoLA").resolve("train.tsv"), "gj04\t1\t\tone\ngj04\t1\tone\n");
        CliRun run = train("cola");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("train.tsv:2: has 3 columns, expected 4: [source, label, mark, sentence]");

        GlueFiles.write(folder, "RTE");
        Files.writeString(
                folder.resolve("RTE").resolve("train.tsv"), "index\tsentence1\tsentence2\tlabel\n0\tone\ttwo\tmaybe\n");
        assertThat(train("rte").err())
                .contains("train.tsv:2: has label \"maybe\", expected one of [entailment, not_entailment]");
    }

    @Test
    void anAdapterOfAnotherTaskIsRefused() throws IOException {
        GlueFiles.write(folder, "CoLA");
        GlueFiles.write(folder, "RTE");
        assertThat(train("cola").exitCode()).isZero();
        assertThat(evaluate("rte").err())
                .contains("the labels are [unacceptable, acceptable], expected those of rte:"
                        + " [entailment, not_entailment]; was it trained with --task rte?");
    }

    @Test
    void anUnknownTaskIsAUsageErrorThatNamesAll() {
        CliRun run = train("colla");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("there is no task \"colla\"").contains("regression, cola, sst-2, mrpc");
    }
}
