package dev.lora4j.cli;

import dev.lora4j.formats.AtomicFile;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.training.HtmlReport;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes each adapter and its report into its folder as soon as it is trained, while others go on. */
final class FinishedAdapters implements TrainingListener {
    private final String baseName;
    private final AnswerSamples samples;
    private final Map<String, String> companions;
    private final Map<TrainingTask, TrainingReport> reports = new LinkedHashMap<>();

    /**
     * None yet.
     *
     * @param baseName what the adapters' files call their base
     * @param companions contents of files that every adapter's folder gets, such as the tokenizer's
     */
    FinishedAdapters(String baseName, AnswerSamples samples, Map<String, String> companions) {
        this.baseName = baseName;
        this.samples = samples;
        this.companions = companions;
    }

    String baseName() {
        return baseName;
    }

    @Override
    public void finished(TrainingTask task, TrainingReport report) {
        Path output = task.output().orElseThrow();
        boolean wasComplete = report.steps().isEmpty() && AdapterFolder.isAdapter(output);
        if (!wasComplete) { // a resumed one with nothing left to do keeps its report
            companions.forEach((name, content) -> AtomicFile.writeString(output.resolve(name), content));
            AdapterFolder.write(task.adapter(), baseName, output);
            HtmlReport page = TrainingSummary.html(task, report, baseName);
            samples.addTo(page, task);
            page.write(output.resolve(HtmlReport.FILE));
        }
        reports.put(task, report);
    }

    /** What has ended so far, in that order. */
    Map<TrainingTask, TrainingReport> reports() {
        return Collections.unmodifiableMap(reports);
    }
}
