package dev.lora4j.cli;

import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingTask;
import java.util.Locale;

/** Shows steps, losses and evaluations while a training runs. */
final class TrainingProgress implements TrainingListener {
    private final ProgressLine line;
    private long totalSteps;

    TrainingProgress(ProgressLine line) {
        this.line = line;
    }

    @Override
    public void started(TrainingTask task, long step, long total) {
        totalSteps = total;
        line.begin(step);
        if (step > 0) {
            line.message("going on after step " + step);
        }
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        line.advance(
                "step",
                record.step(),
                totalSteps,
                String.format(Locale.ROOT, "loss %.4f  %.0f tokens/s", record.loss(), record.tokensPerSecond()));
    }

    @Override
    public void evaluated(TrainingTask task, EvaluationRecord record) {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "after step %d: validation loss %.4f", record.step(), record.loss()));
        record.accuracy().ifPresent(accuracy -> text.append(String.format(Locale.ROOT, ", accuracy %.4f", accuracy)));
        line.message(text + (record.best() ? " (best)" : ""));
    }
}
