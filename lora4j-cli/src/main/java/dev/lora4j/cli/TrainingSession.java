package dev.lora4j.cli;

import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.HtmlReport;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingLog;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs one training for a person: progress, a stop that saves, adapter and report at the end. */
final class TrainingSession {
    private final Console console;
    private final LanguageModel base;
    private final String baseName;
    private final boolean json;

    /**
     * A session.
     *
     * @param baseName what the adapter's files call the base
     */
    TrainingSession(Console console, LanguageModel base, String baseName, boolean json) {
        this.console = console;
        this.base = base;
        this.baseName = baseName;
        this.json = json;
    }

    /** Trains and writes everything into the task's output folder; gives the exit code. */
    int run(TrainingTask task) {
        Path output = task.output().orElseThrow();
        console.message(String.format(
                Locale.ROOT,
                "training %,d values in %d layers of %s on %,d rows",
                task.adapter().parameters(),
                task.adapter().lowRanks().size(),
                baseName,
                task.training().size()));
        Trainer trainer = Trainer.of(base, task);
        try (StopSignal signal = StopSignal.install(trainer::requestStop)) {
            TrainingReport report = train(trainer);
            AdapterFolder.write(task.adapter(), baseName, output);
            html(task, report).write(output.resolve(HtmlReport.FILE));
            return tell(report, output);
        }
    }

    private TrainingReport train(Trainer trainer) {
        try (TrainingProgress progress = new TrainingProgress(console)) {
            return trainer.train(new TwoListeners(new TrainingLog(), progress)).get(0);
        }
    }

    private int tell(TrainingReport report, Path output) {
        Facts facts = facts(report).text("adapter", output.toString());
        if (json) {
            console.json(facts.json());
        } else {
            facts.print(console);
        }
        if (report.stop() == TrainingReport.StopReason.INTERRUPTED) {
            console.message("stopped before the end; the same command with --resume goes on");
            return Failures.FAILED;
        }
        return 0;
    }

    private static Facts facts(TrainingReport report) {
        Facts facts = new Facts()
                .text("ended", report.stop().name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .count("steps", report.steps().size())
                .count("parameters", report.trainedParameters());
        report.finalLoss().ifPresent(loss -> facts.number("final loss", loss));
        List<EvaluationRecord> evaluations = report.evaluations();
        evaluations.stream()
                .filter(EvaluationRecord::best)
                .reduce((first, second) -> second)
                .ifPresent(best -> {
                    facts.number("best validation loss", best.loss());
                    facts.count("best step", best.step());
                    best.accuracy().ifPresent(accuracy -> facts.number("best validation accuracy", accuracy));
                });
        return facts.number("tokens per second", report.tokensPerSecond())
                .bytes("peak memory", report.peakMemoryBytes())
                .number("seconds", report.seconds());
    }

    private HtmlReport html(TrainingTask task, TrainingReport report) {
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("Base", baseName);
        figures.put("Rows", Integer.toString(task.training().size()));
        facts(report).lines().forEach(figures::put);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Settings", task.config().toString());
        return new HtmlReport("Training of " + task.output().map(Path::toString).orElse(task.name()))
                .figures("Result", figures)
                .curves(List.of(report))
                .figures("Settings", settings);
    }
}
