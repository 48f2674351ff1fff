package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code experiment} on a model and files of a few words. */
class ExperimentCommandTest {
    private static final String GRID = """
            seeds: [1, 2]
            at-once: %d
            batch-size: 4
            learning-rate: 0.1
            epochs: 20
            tasks:
              cola: {train-rows: 6}
              sts-b: {metric: spearman}
            methods:
              lora: {rank: [1, 2], targets: [[q_proj], [q_proj, v_proj]], alpha: 8}
              full: {tasks: {cola: {epochs: 10}}}
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        GlueFiles.write(folder, "CoLA");
        GlueFiles.write(folder, "STS-B");
    }

    private CliRun run(String yaml, String output) throws IOException {
        Path file = folder.resolve("experiment.yaml");
        Files.writeString(file, yaml);
        String model = folder.resolve("model").toString();
        String out = folder.resolve(output).toString();
        return CliRun.of("experiment", file.toString(), "-m", model, "-d", folder.toString(), "-o", out, "--json");
    }

    private List<String> cells(String output) throws IOException {
        try (Stream<Path> cells = Files.list(folder.resolve(output).resolve("cells"))) {
            return cells.map(cell -> cell.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void everyTaskMeetsEveryMethodRankTargetAndSeedAndOneReportTellsOfAll() throws IOException {
        CliRun run = run(GRID.formatted(4), "out");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(cells("out"))
                .hasSize(2 * (4 + 1) * 2)
                .contains("cola-lora-r1-q_proj-seed1", "sts-b-lora-r2-q_proj+v_proj-seed2", "cola-full-seed1");
        JsonNode json = run.json();
        assertThat(json.path("cells")).hasSize(20);
        assertThat(json.path("groups")).hasSize(10);
        JsonNode first = json.path("groups").get(0);
        assertThat(first.path("metric").asText()).isEqualTo("matthews");
        assertThat(first.path("median").asDouble()).isCloseTo(1, within(1e-9)); // the last word tells the answer
        assertThat(first.path("parameters").asLong()).isEqualTo(2 * TinyModel.HIDDEN); // A and B of rank 1
        assertThat(first.path("head_parameters").asLong()).isEqualTo(2 * TinyModel.HIDDEN); // two labels, no bias
        assertThat(first.path("adapter_bytes").asLong()).isEqualTo(4L * 4 * TinyModel.HIDDEN);
        JsonNode full = json.path("groups").get(4);
        assertThat(full.path("method").asText()).isEqualTo("full");
        assertThat(full.path("parameters").asLong()).isEqualTo(306 - 36); // all but the output layer for words
        assertThat(json.path("groups").get(9).path("metric").asText()).isEqualTo("spearman");

        Path out = folder.resolve("out");
        assertThat(Files.readString(out.resolve("report.md")))
                .contains("## All tasks")
                .contains("| lora r 1 q_proj | 100.0 | 100.0 to 100.0 | 2 | 12 | 12 | 96 bytes |")
                .contains("## CoLA, matthews: lora\n\n| targets | r 1 | r 2 |")
                .contains("| q_proj, v_proj | 100.0 | 100.0 |");
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("STS-B, spearman over trained parameters")
                .contains("<circle ");
        assertThat(out.resolve("results.json")).exists();
    }

    @Test
    void theSameCommandDoesOnlyWhatIsMissing() throws IOException {
        assertThat(run(GRID.formatted(4), "out").exitCode()).isZero();
        Path cells = folder.resolve("out").resolve("cells");
        Path kept = cells.resolve("cola-full-seed1").resolve("result.json");
        FileTime before = Files.getLastModifiedTime(kept);
        Path lost = cells.resolve("cola-lora-r2-q_proj-seed2").resolve("result.json");
        String was = Files.readString(lost);
        Files.delete(lost);
        Files.delete(lost.getParent());

        CliRun again = run(GRID.formatted(4), "out");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.err())
                .contains("19 of 20 trainings are there already")
                .contains("training 20 to 20 of 20: cola-lora-r2-q_proj-seed2");
        assertThat(Files.getLastModifiedTime(kept)).isEqualTo(before);
        assertThat(CellResult.of(json(was)).scores())
                .isEqualTo(CellResult.of(json(Files.readString(lost))).scores());
    }

    @Test
    void trainingSideBySideGivesWhatTrainingAloneGives() throws IOException {
        JsonNode together = run(GRID.formatted(8), "together").json();
        JsonNode alone = run(GRID.formatted(1), "alone").json();
        assertThat(together.path("cells").get(0).path("side_by_side").asInt()).isEqualTo(8);
        assertThat(alone.path("cells").get(0).path("side_by_side").asInt()).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            JsonNode losses = together.path("cells").get(i).path("losses");
            assertThat(losses).isNotEmpty();
            for (int step = 0; step < losses.size(); step++) {
                assertThat(losses.get(step).asDouble())
                        .isCloseTo(
                                alone.path("cells")
                                        .get(i)
                                        .path("losses")
                                        .get(step)
                                        .asDouble(),
                                within(1e-5));
            }
        }
    }

    @Test
    void aChangedFileIsRefusedForCellsThatItWouldChange() throws IOException {
        assertThat(run(GRID.formatted(4), "out").exitCode()).isZero();
        CliRun changed = run(GRID.formatted(4).replace("epochs: 10", "epochs: 11"), "out");
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(changed.err())
                .contains(
                        "cola-full-seed1: was made with epochs 10, now it would be with epochs 11; give another --output");
        CliRun more = run(GRID.formatted(2).replace("[1, 2]\nat-once", "[1, 2, 3]\nat-once"), "out");
        assertThat(more.exitCode()).as(more.err()).isZero();
        assertThat(more.err()).contains("20 of 30 trainings are there already");
    }

    @Test
    void adaptersAreKeptWhereTheFileSaysSo() throws IOException {
        run(GRID.formatted(4) + "keep-adapters: true\n", "out");
        Path cell = folder.resolve("out").resolve("cells").resolve("cola-lora-r1-q_proj-seed1");
        CliRun evaluated = CliRun.of(
                "evaluate",
                "--json",
                "--task",
                "cola",
                "-m",
                folder.resolve("model").toString(),
                "-d",
                folder.toString(),
                "-a",
                cell.resolve("adapter").toString());
        assertThat(evaluated.json().path("matthews").asDouble()).isCloseTo(1, within(1e-9));
        assertThat(cells("out")).hasSize(20);
    }

    @Test
    void aTrainingThatFailsStopsNoOther() throws IOException {
        CliRun run = run("""
                {seeds: [1], tasks: {cola: {}}, epochs: 4, batch-size: 1, methods: {
                  wild: {method: lora, targets: q_proj, learning-rate: 99, weight-decay: 99},
                  tame: {method: lora, targets: q_proj, learning-rate: 0.1}}}
                """, "out");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("cola-wild-q_proj-seed1").contains("1 failed, the first: ");
        assertThat(cells("out")).containsExactly("cola-tame-q_proj-seed1");
    }

    private static JsonNode json(String text) {
        return new CliRun(0, text, "").json();
    }
}
