package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.generation.BeamSettings;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.training.Schedule;
import dev.lora4j.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an experiment's file may say, the files that come with lora4j, and how seeds are summed up. */
class ExperimentFileTest {
    private static final Path SHIPPED = Path.of("..", "experiments");

    @TempDir
    Path folder;

    private ExperimentFile read(String yaml) throws IOException {
        return ExperimentFile.read(Files.writeString(folder.resolve("e.yaml"), yaml));
    }

    @ParameterizedTest
    @CsvSource({
        "mini-table-2.yaml, 135, embedded:minilm",
        "mini-table-6.yaml, 30, embedded:minilm",
        "mini-table-3.yaml, 5, HuggingFaceTB/SmolLM2-135M-Instruct",
        "table-2.yaml, 200, FacebookAI/roberta-base",
        "table-3.yaml, 8, openai-community/gpt2-medium",
        "table-5.yaml, 21, FacebookAI/roberta-base",
        "table-6.yaml, 45, FacebookAI/roberta-base"
    })
    void theShippedFilesArePlanned(String name, int cells, String model) {
        ExperimentFile file = ExperimentFile.read(SHIPPED.resolve(name));
        assertThat(file.cells()).hasSize(cells);
        assertThat(file.model()).contains(model);
    }

    @Test
    void theFullTable2HasThePapersSettings() {
        List<ExperimentCell> cells =
                ExperimentFile.read(SHIPPED.resolve("table-2.yaml")).cells();
        ExperimentCell cola = cells.stream()
                .filter(cell -> cell.name().equals("cola-lora-r8-query+value-seed1"))
                .findFirst()
                .orElseThrow();
        assertThat(cola.options().training().learningRate()).isEqualTo(4e-4);
        assertThat(cola.options().training().epochs()).isEqualTo(80);
        assertThat(cola.options().training().batchSize()).isEqualTo(64); // 32 on each of 2 processors
        assertThat(cola.options().training().weightDecay()).isEqualTo(0.1);
        assertThat(cola.options().training().warmupRatio()).isEqualTo(0.06);
        LoraConfig shape = cola.options().adapter(cola.task().published()).shape();
        assertThat(shape.rank()).isEqualTo(8);
        assertThat(shape.alpha()).isEqualTo(16);
    }

    /** Those of microsoft/LoRA, examples/NLG. */
    @Test
    void theFullTable3HasThePapersSettings() {
        ExperimentCell lora =
                ExperimentFile.read(SHIPPED.resolve("table-3.yaml")).cells().get(0);
        assertThat(lora.name()).isEqualTo("e2e-lora-r4-c_attn-seed110");
        TrainingConfig training = lora.options().training();
        assertThat(training.learningRate()).isEqualTo(2e-4);
        assertThat(training.epochs()).isEqualTo(5);
        assertThat(training.batchSize()).isEqualTo(8);
        assertThat(training.weightDecay()).isEqualTo(0.01);
        assertThat(training.beta2()).isEqualTo(0.999);
        assertThat(training.epsilon()).isEqualTo(1e-6);
        assertThat(training.warmupSteps()).isEqualTo(500);
        assertThat(training.schedule()).isEqualTo(Schedule.LINEAR);
        assertThat(training.labelSmoothing()).isEqualTo(0.1);
        assertThat(training.maxGradientNorm()).isZero();
        LoraConfig shape = lora.options().adapter(lora.task().published()).shape();
        assertThat(shape.rank()).isEqualTo(4);
        assertThat(shape.alpha()).isEqualTo(32);
        assertThat(shape.dropout()).isEqualTo(0.1);
        assertThat(shape.fusedParts()).containsEntry("c_attn", List.of("q", "v"));
        BeamSettings search = lora.options().answers().search();
        assertThat(search.width()).isEqualTo(10);
        assertThat(search.maxNewTokens()).isEqualTo(64);
        assertThat(search.lengthPenalty()).isEqualTo(0.8);
        assertThat(search.noRepeatNgram()).isEqualTo(4);
    }

    /** What each method of the small table gets. */
    @Test
    void theSmallTable3GivesEveryMethodTheSameMinutes() {
        assertThat(ExperimentFile.read(SHIPPED.resolve("mini-table-3.yaml")).cells())
                .allMatch(ExperimentCell::isTimed)
                .allMatch(cell -> cell.options().seconds() == 240);
    }

    @Test
    void whatStandsFurtherInWins() throws IOException {
        ExperimentFile file = read("""
                seeds: 5
                epochs: 1
                batch-size: 2
                tasks: {rte: {epochs: 2}, cola: {epochs: 2, batch-size: 3}}
                methods:
                  lora: {epochs: 3, tasks: {cola: {epochs: 4}}}
                  slow: {method: lora, rank: 4}
                """);
        List<String> found = new ArrayList<>();
        for (ExperimentCell cell : file.cells()) {
            found.add(cell.name() + " " + cell.options().training().epochs() + " "
                    + cell.options().training().batchSize() + " "
                    + cell.options().training().seed());
        }
        assertThat(found)
                .containsExactly(
                        "rte-lora-seed5 3 2 5",
                        "rte-slow-r4-seed5 2 2 5",
                        "cola-lora-seed5 4 3 5",
                        "cola-slow-r4-seed5 2 3 5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{seeds: [1], tasks: {colla: {}}, methods: {lora: {}}} | there is no task \"colla\"; expected some of [cola,",
                "{seeds: [1], tasks: {cola: {}}, methods: {}} | must have a key methods with one at least",
                "{tasks: {cola: {}}, methods: {lora: {}}} | must have a key seeds with different numbers",
                "{seeds: [1, 1], tasks: {cola: {}}, methods: {lora: {}}} | must have a key seeds with different numbers",
                "{seeds: [x], tasks: {cola: {}}, methods: {lora: {}}} | \"x\" is no whole number",
                "{seeds: [1], at-once: 0, tasks: {cola: {}}, methods: {lora: {}}} | at-once is 0, expected 1 or more",
                "{seeds: [1], tasks: {cola: {metric: f1}}, methods: {lora: {}}} | task cola: metric is f1, expected one of"
                        + " [matthews, accuracy]",
                "{seeds: [1], tasks: {cola: {dev-rows: 0}}, methods: {lora: {}}} | task cola: dev-rows is 0",
                "{seeds: [1], tasks: {cola: 3}, methods: {lora: {}}} | task cola: must have settings in braces",
                "{seeds: [1], tasks: {cola: {}}, methods: {lora: {tasks: {rte: {}}}}} | method lora: the file has no task \"rte\"",
                "{seeds: [1], tasks: {cola: {}}, methods: {a/b: {}}} | \"a/b\" is no name for a method",
                "{seeds: [1], tasks: {cola: {}}, methods: {lora: {lerning-rate: 1}}} | cola with lora: there is no setting"
                        + " \"lerning-rate\"",
                "{seeds: [1], tasks: {cola: {}}, methods: {lore: {}}} | cola with lore: method: ",
                "{seeds: [1], tasks: {cola: {}}, methods: {full: {rank: 4}}} | cola with full: method full has no rank",
                "{seeds: [1], tasks: {e2e: {minutes: 4}}, methods: {lora: {}}} | e2e with lora: with minutes nobody knows how"
                        + " many steps there will be, found schedule LINEAR",
                "{seeds: [1], tasks: {e2e: {minutes: 4, schedule: constant}}, methods: {lora: {}}} | warmup-ratio 0.03; give",
                "{seeds: [1], tasks: {e2e: {minutes: -1}}, methods: {lora: {}}} | minutes is -1.0; expected 0, for no limit,",
                "{seeds: [1], tasks: {e2e: {metric: f1}}, methods: {lora: {}}} | task e2e: metric is f1, expected one of [BLEU,",
                "{seeds: [1], tasks: {cola: {}}, methods: {lora: {rank: [4, 4]}}} | has cola-lora-r4-seed1 twice",
            })
    void mistakesAreToldWithTheirPlace(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml).cells())
                .hasMessageContaining("e.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void seedsAreSummedUpByTheirMedian() throws IOException {
        ExperimentTask task = read("{seeds: [1], tasks: {rte: {}}, methods: {lora: {}}}")
                .tasks()
                .get(0);
        ExperimentMethod.Choice choice = new ExperimentMethod.Choice("4", "", "");
        ExperimentLine three = new ExperimentLine(task, "lora", choice, List.of(result(0.9), result(0.5), result(0.6)));
        assertThat(three.median()).isEqualTo(0.6);
        assertThat(three.lowest()).isEqualTo(0.5);
        assertThat(three.highest()).isEqualTo(0.9);
        assertThat(three.title()).isEqualTo("lora r 4");
        ExperimentLine two = new ExperimentLine(task, "lora", choice, List.of(result(0.8), result(0.5)));
        assertThat(two.median()).isCloseTo(0.65, within(1e-12));
    }

    @Test
    void rowsOfStepsAreThoseThatTheyTook() {
        assertThat(ExperimentRun.rowsTaken(10, 4, 2)).isEqualTo(8);
        assertThat(ExperimentRun.rowsTaken(10, 4, 3)).isEqualTo(10); // the third step has two
        assertThat(ExperimentRun.rowsTaken(10, 4, 4)).isEqualTo(14);
        assertThat(ExperimentRun.rowsTaken(10, 4, 0)).isZero();
    }

    private static CellResult result(double accuracy) {
        return new CellResult(Map.of(), Map.of("accuracy", accuracy), 1, 1, 8, 1, 1, 1, 1, 1, 1, List.of());
    }
}
