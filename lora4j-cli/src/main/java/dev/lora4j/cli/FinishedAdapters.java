package dev.lora4j.cli;

import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.TokenizerFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.report.HtmlReport;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes each adapter, or the model that was trained whole, and its report into its folder as soon as it is trained, while others go on. */
final class FinishedAdapters implements TrainingListener {
    private final String baseName;
    private final ModelFiles files;
    private final LanguageModel base;
    private final AnswerSamples samples;
    private final Map<TrainingTask, TrainingReport> reports = new LinkedHashMap<>();

    /**
     * None yet.
     *
     * @param baseName what the adapters' files call their base
     * @param files of the base, whose tokenizer every folder gets
     */
    FinishedAdapters(String baseName, ModelFiles files, LanguageModel base, AnswerSamples samples) {
        this.baseName = baseName;
        this.files = files;
        this.base = base;
        this.samples = samples;
    }

    String baseName() {
        return baseName;
    }

    @Override
    public void finished(TrainingTask task, TrainingReport report) {
        Path output = task.output().orElseThrow();
        Adapter trained = task.adapter();
        boolean written =
                trained.isFull() ? Files.isRegularFile(output.resolve("config.json")) : AdapterFolder.isAdapter(output);
        if (!report.steps().isEmpty() || !written) { // a resumed one with nothing left to do keeps its report
            if (trained.isFull()) {
                MergedFolder.writeFull(files, base, trained, output);
            } else {
                TokenizerFiles.of(files)
                        .forEach((name, content) -> AtomicFile.writeString(output.resolve(name), content));
                AdapterFolder.write(trained, baseName, output);
            }
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
