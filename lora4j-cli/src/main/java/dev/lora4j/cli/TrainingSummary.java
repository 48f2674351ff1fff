package dev.lora4j.cli;

import dev.lora4j.report.HtmlReport;
import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.TrainingCurves;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a person is told of a training when it has ended. */
final class TrainingSummary {
    private TrainingSummary() {}

    static Facts facts(TrainingReport report) {
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

    static HtmlReport html(TrainingTask task, TrainingReport report, String baseName) {
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("Base", baseName);
        figures.put("Rows", Integer.toString(task.training().size()));
        facts(report).lines().forEach(figures::put);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Settings", task.config().toString());
        HtmlReport page = new HtmlReport(
                        "Training of " + task.output().map(Path::toString).orElse(task.name()))
                .figures("Result", figures);
        return TrainingCurves.addTo(page, List.of(report)).figures("Settings", settings);
    }
}
