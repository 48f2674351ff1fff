package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingLog;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs one training or several for a person: progress, a stop that saves, adapters and reports at the end. */
final class TrainingSession {
    private final Console console;
    private final LanguageModel base;
    private final String baseName;
    private final FinishedAdapters finished;
    private final boolean json;

    /**
     * A session.
     *
     * @param finished writes what is trained
     */
    TrainingSession(Console console, LanguageModel base, FinishedAdapters finished, boolean json) {
        this.console = console;
        this.base = base;
        this.baseName = finished.baseName();
        this.finished = finished;
        this.json = json;
    }

    /** Trains and writes everything into the task's output folder; gives the exit code. */
    int run(TrainingTask task) {
        console.message(String.format(
                Locale.ROOT,
                "training %,d values%s of %s on %,d rows",
                task.adapter().parameters(),
                where(task.adapter()),
                baseName,
                task.training().size()));
        train(List.of(task));
        finished.reports().forEach((each, report) -> {
            Facts facts = facts(each, report);
            if (json) {
                console.json(facts.json());
            } else {
                facts.print(console);
            }
        });
        return exitCode();
    }

    /** Trains several at once, each into its own output folder; what has ended is told even if others fail. */
    int runAll(List<TrainingTask> tasks) {
        tasks.forEach(task -> console.message(String.format(
                Locale.ROOT,
                "training %s: %,d values%s of %s on %,d rows",
                task.name(),
                task.adapter().parameters(),
                where(task.adapter()),
                baseName,
                task.training().size())));
        try {
            train(tasks);
        } finally {
            tellAll(tasks, finished.reports());
        }
        return exitCode();
    }

    private static String where(Adapter adapter) {
        if (adapter.isFull()) {
            return ", all";
        }
        return adapter.baseline()
                .map(other -> ", " + other + ",")
                .orElseGet(() -> " in " + adapter.lowRanks().size() + " layers");
    }

    private void train(List<TrainingTask> tasks) {
        Trainer trainer = Trainer.of(base, tasks);
        try (StopSignal signal = StopSignal.install(trainer::requestStop);
                TrainingProgress progress = new TrainingProgress(console)) {
            trainer.train(new TwoListeners(new TrainingLog(), new TwoListeners(finished, progress)));
        }
    }

    private void tellAll(List<TrainingTask> tasks, Map<TrainingTask, TrainingReport> reports) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        ObjectNode adapters = all.putObject("adapters");
        for (TrainingTask task : tasks) {
            TrainingReport report = reports.get(task);
            if (report != null) {
                Facts facts = facts(task, report);
                adapters.set(task.name(), facts.json());
                if (!json) {
                    console.line(console.styled(Console.Style.BOLD, task.name()));
                    facts.print(console);
                    console.line("");
                }
            }
        }
        if (json) {
            console.json(all);
        }
    }

    private static Facts facts(TrainingTask task, TrainingReport report) {
        return TrainingSummary.facts(report)
                .text(
                        task.adapter().isFull() ? "model" : "adapter",
                        task.output().map(Path::toString).orElse(task.name()));
    }

    private int exitCode() {
        boolean interrupted = finished.reports().values().stream()
                .anyMatch(report -> report.stop() == TrainingReport.StopReason.INTERRUPTED);
        if (interrupted) {
            console.message("stopped before the end; the same command with --resume goes on");
        }
        return interrupted ? Failures.FAILED : 0;
    }
}
