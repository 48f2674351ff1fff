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

/** Three adapters at once: the base says "one two", each teaches it another successor. */
class SweepTest {
    private static final List<String> NAMES = List.of("three", "four", "last");

    @TempDir
    Path folder;

    private Path sweep = Path.of("");

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        write("three", " three", 8);
        write("four", " four two", 12);
        write("last", " one one", 6);
        Files.writeString(
                folder.resolve("held.jsonl"), "{\"prompt\": \"two\", \"completion\": \" three\"}\n".repeat(2));
        sweep = Files.writeString(folder.resolve("sweep.yaml"), """
                model: %1$s/model
                output: %1$s/all
                targets: [lm_head, q_proj]
                rank: 2
                learning-rate: 0.1
                schedule: constant
                warmup-ratio: 0
                batch-size: 4
                adapters:
                  three:
                    data: %1$s/three.jsonl
                    max-steps: 9
                  four:
                    data: %1$s/four.jsonl
                    max-steps: 14
                    rank: 3
                    lora-dropout: 0.2
                    batch-size: 3
                    label-smoothing: 0.1
                  last:
                    data: %1$s/last.jsonl
                    output: %1$s/elsewhere
                    validation-data: %1$s/held.jsonl
                    evaluation-steps: 1
                    patience: 2
                    max-steps: 30
                    learning-rate: 0.3
                """.formatted(folder));
    }

    private void write(String name, String completion, int rows) throws IOException {
        String[] prompts = {"one", "two one", "four", "three two"};
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            lines.append("{\"prompt\": \"%s\", \"completion\": \"%s\"}%n".formatted(prompts[i % 4], completion));
        }
        Files.writeString(folder.resolve(name + ".jsonl"), lines);
    }

    private CliRun train(String... more) {
        List<String> args = new ArrayList<>(List.of("train", "--adapters", sweep.toString()));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private CliRun alone(String name, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "train",
                "-m",
                folder + "/model",
                "-d",
                folder + "/" + name + ".jsonl",
                "-o",
                folder + "/alone/" + name));
        args.addAll(List.of("--targets", "lm_head,q_proj", "--schedule", "constant", "--warmup-ratio", "0"));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private Path output(String name) {
        return name.equals("last")
                ? folder.resolve("elsewhere")
                : folder.resolve("all").resolve(name);
    }

    private static double[] losses(Path output, String field) throws IOException {
        List<Double> losses = new ArrayList<>();
        for (String line : Files.readAllLines(output.resolve("training-log.jsonl"))) {
            JsonNode loss = new ObjectMapper().readTree(line).path(field);
            if (loss.isNumber()) {
                losses.add(loss.asDouble());
            }
        }
        return losses.stream().mapToDouble(Double::doubleValue).toArray();
    }

    @Test
    void eachAdapterHasTheCurveOfItsSoloRunAndEndsByItself() throws IOException {
        CliRun run = train("--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(alone("three", "-r", "2", "--lr", "0.1", "--batch-size", "4", "--max-steps", "9")
                        .exitCode())
                .isZero();
        alone(
                "four",
                "-r",
                "3",
                "--lr",
                "0.1",
                "--batch-size",
                "3",
                "--max-steps",
                "14",
                "--lora-dropout",
                "0.2",
                "--label-smoothing",
                "0.1");
        alone(
                "last",
                "-r",
                "2",
                "--lr",
                "0.3",
                "--batch-size",
                "4",
                "--max-steps",
                "30",
                "--validation-data",
                folder + "/held.jsonl",
                "--evaluation-steps",
                "1",
                "--patience",
                "2");
        for (String name : NAMES) {
            Path solo = folder.resolve("alone").resolve(name);
            for (String field : new String[] {"loss", "validation_loss"}) {
                assertThat(losses(output(name), field))
                        .as(name + " " + field)
                        .containsExactly(losses(solo, field), within(1e-4));
            }
            assertThat(output(name))
                    .isDirectoryContaining("glob:**adapter_model.safetensors")
                    .isDirectoryContaining("glob:**report.html");
        }
        JsonNode adapters = run.json().path("adapters");
        assertThat(adapters.path("three").path("steps").asInt()).isEqualTo(9);
        assertThat(adapters.path("four").path("steps").asInt()).isEqualTo(14);
        assertThat(adapters.path("last").path("ended").asText()).isEqualTo("early stop");
        assertThat(adapters.path("last").path("steps").asInt()).isLessThan(30);
    }

    @Test
    void flagsOverrideTheFileForAll() throws IOException {
        CliRun run =
                train("--max-steps", "2", "--output", folder.resolve("flagged").toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        for (String name : NAMES) {
            assertThat(losses(folder.resolve("flagged").resolve(name), "loss")).hasSize(2);
        }
        assertThat(folder.resolve("all")).doesNotExist();
    }

    @Test
    void resumingGoesOnWithEachAndLeavesWhatIsComplete() throws IOException {
        train("--max-steps", "5", "--save-steps", "5");
        Path report = output("three").resolve("report.html");
        String before = Files.readString(report);
        CliRun again = train("--max-steps", "5", "--save-steps", "5");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains("adapter three: ").contains("--resume");
        CliRun resumed = train("--max-steps", "5", "--save-steps", "5", "--resume", "--json");
        assertThat(resumed.exitCode()).as(resumed.err()).isZero();
        assertThat(resumed.json().path("adapters").path("three").path("steps").asInt())
                .isZero();
        assertThat(Files.readString(report)).isEqualTo(before);
    }

    @Test
    void anAdapterThatFailsIsNamedAndTheOthersAreWritten() throws IOException {
        change(
                "learning-rate: 0.3",
                "learning-rate: 99\n    max-gradient-norm: 0\n    weight-decay: 99\n    max-steps: 400");
        change("    max-steps: 30\n", "");
        change("    patience: 2\n", "");
        CliRun run = train("--json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("last has failed: last: ");
        assertThat(run.json().path("adapters").path("four").path("steps").asInt())
                .isEqualTo(14);
        assertThat(run.json().path("adapters").has("last")).isFalse();
        assertThat(output("four").resolve("adapter_model.safetensors")).exists();
    }

    private void change(String from, String to) throws IOException {
        String text = Files.readString(sweep);
        assertThat(text).contains(from);
        Files.writeString(sweep, text.replace(from, to));
    }

    private void assertRefused(int exitCode, String from, String to, String... reasons) throws IOException {
        String before = Files.readString(sweep);
        change(from, to);
        CliRun run = train();
        assertThat(run.err()).hasLineCount(1).contains(reasons);
        assertThat(run.exitCode()).isEqualTo(exitCode);
        Files.writeString(sweep, before);
    }

    @Test
    void whatIsWrongNamesFileAdapterAndKey() throws IOException {
        assertRefused(
                2,
                "label-smoothing: 0.1",
                "label-smothing: 0.1",
                "sweep.yaml: adapter four: there is no setting \"label-smothing\"",
                "did you mean label-smoothing");
        assertRefused(2, "rank: 3", "rank: tree", "sweep.yaml: adapter four: rank:", "tree");
        assertRefused(2, "schedule: constant", "shedule: constant", "sweep.yaml: there is no setting \"shedule\"");
        assertRefused(2, "rank: 3", "model: other", "adapter four: model belongs to all adapters");
        assertRefused(2, "data: " + folder + "/last.jsonl", "rank: 4", "sweep.yaml: adapter last: data is missing");
        assertRefused(1, "batch-size: 3", "batch-size: 0", "adapter four: batch-size is 0");
        assertRefused(1, "/elsewhere", "/all/four", "adapters four and last have the same output");
        assertRefused(1, "  four:", "  ../four:", "\"../four\" is no name for an adapter");
        assertRefused(1, "rank: 3", "rank: 3\n    rank: 4", "sweep.yaml", "Duplicate");
        assertRefused(1, "adapters:", "adapter:", "sweep.yaml", "must have a key adapters");
        Path config = Files.writeString(folder.resolve("run.yaml"), "rank: 2\n");
        assertThat(train("--config", config.toString()).err()).contains("give config or adapters, not both");
        assertThat(folder.resolve("all")).doesNotExist();
    }

    @Test
    void adaptersInAListHaveTheirNamesInIt() throws IOException {
        String mapping = Files.readString(sweep);
        String list = mapping;
        for (String name : NAMES) {
            list = list.replace("  " + name + ":\n    data", "  - name: " + name + "\n    data");
        }
        Files.writeString(sweep, list);
        assertThat(train("--max-steps", "2").exitCode()).isZero();
        Files.writeString(sweep, mapping);
        Path again = folder.resolve("again");
        assertThat(train("--max-steps", "2", "--output", again.toString()).exitCode())
                .isZero();
        for (String name : NAMES) {
            assertThat(losses(output(name), "loss")).hasSize(2).isEqualTo(losses(again.resolve(name), "loss"));
        }
        Files.writeString(sweep, list);
        assertRefused(1, "- name: four", "- name: three", "sweep.yaml", "adapter 2 of the list must have a name");
        assertRefused(1, "- name: four\n   ", "-", "sweep.yaml", "adapter 2 of the list must have a name of its own");
    }

    @Test
    void tasksThatNeedAnotherBaseAreTrainedApart() throws IOException {
        assertRefused(1, "rank: 3", "task: classification", "adapter four is for SEQ_CLS, three for CAUSAL_LM");
    }
}
