package dev.lora4j.cli;

import dev.lora4j.tensor.Device;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lora4j experiment}: a grid of trainings, and one report of them all. */
@Command(
        name = "experiment",
        description =
                "Train every task of a file with every method, rank, choice of targets and seed, and report on all."
                        + " The same command goes on after a stop.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class ExperimentCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The experiment, a YAML file.")
    private Path file = Path.of("");

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "The base, as for train (the file's).")
    private @Nullable String model;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            description = "The folder with those of the tasks (the file's).")
    private @Nullable Path data;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Folder of the cells and the report.")
    private Path output = Path.of("");

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "cpu",
            description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "cpu";

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    ExperimentCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ExperimentFile experiment = ExperimentFile.read(file);
        String base = Optional.ofNullable(model)
                .or(experiment::model)
                .orElseThrow(
                        () -> new IllegalArgumentException("there is no model; give --model, or model in " + file));
        ExperimentRun run = new ExperimentRun(experiment, base, Device.of(device), new CellStore(output), console);
        boolean done;
        ExperimentReport report;
        try (StopSignal signal = StopSignal.install(run::requestStop)) {
            done = run.finish(Optional.ofNullable(data).or(experiment::data));
            report = new ExperimentReport(base, run.results());
            report.write(output);
        }
        if (json) {
            console.json(report.json());
        } else {
            report.tables().forEach(table -> console.line(table.markdown()));
            console.line("written to " + output);
        }
        if (!done) {
            console.message("stopped before the end; the same command goes on");
        }
        if (!run.failures().isEmpty()) {
            console.message(run.failures().size() + " failed, the first: "
                    + run.failures().get(0));
        }
        return done && run.failures().isEmpty() ? 0 : Failures.FAILED;
    }
}
