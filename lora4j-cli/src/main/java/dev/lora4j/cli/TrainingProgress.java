package dev.lora4j.cli;

import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Shows the steps, losses and evaluations of one or many adapters while they are trained. */
final class TrainingProgress implements TrainingListener, AutoCloseable {
    private final ProgressLine line;
    private final Map<String, String> losses = new LinkedHashMap<>();
    private long totalSteps;

    TrainingProgress(Console console) {
        this.line = ProgressLine.of(console, ProgressLine.Unit.STEPS);
    }

    @Override
    public void started(TrainingTask task, long step, long total) {
        totalSteps = Math.max(totalSteps, total);
        line.begin(step);
        if (step > 0) {
            line.message(task.name() + ": going on after step " + step + " of " + total);
        }
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        losses.put(task.name(), String.format(Locale.ROOT, "%s loss %.4f", task.name(), record.loss()));
        line.advance(
                "step",
                record.step(),
                totalSteps,
                String.format(
                        Locale.ROOT,
                        "%s  %,.0f tokens/s",
                        String.join("  ", losses.values()),
                        record.tokensPerSecond()));
    }

    @Override
    public void evaluated(TrainingTask task, EvaluationRecord record) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%s after step %d: validation loss %.4f", task.name(), record.step(), record.loss()));
        record.accuracy()
                .ifPresent(accuracy -> text.append(String.format(Locale.ROOT, ", accuracy %.1f %%", 100 * accuracy)));
        line.message(text + (record.best() ? " (best so far)" : ""));
    }

    @Override
    public void finished(TrainingTask task, TrainingReport report) {
        close();
    }

    /** Ends the line, also after a failure. */
    @Override
    public void close() {
        line.close();
    }
}
