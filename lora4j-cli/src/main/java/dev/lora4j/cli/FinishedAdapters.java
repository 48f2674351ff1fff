package dev.lora4j.cli;

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
    private final Map<TrainingTask, TrainingReport> reports = new LinkedHashMap<>();

    /**
     * None yet.
     *
     * @param baseName what the adapters' files call their base
     */
    FinishedAdapters(String baseName) {
        this.baseName = baseName;
    }

    @Override
    public void finished(TrainingTask task, TrainingReport report) {
        Path output = task.output().orElseThrow();
        boolean wasComplete = report.steps().isEmpty() && AdapterFolder.isAdapter(output);
        if (!wasComplete) { // a resumed one with nothing left to do keeps its report
            AdapterFolder.write(task.adapter(), baseName, output);
            TrainingSummary.html(task, report, baseName).write(output.resolve(HtmlReport.FILE));
        }
        reports.put(task, report);
    }

    /** What has ended so far, in that order. */
    Map<TrainingTask, TrainingReport> reports() {
        return Collections.unmodifiableMap(reports);
    }
}
