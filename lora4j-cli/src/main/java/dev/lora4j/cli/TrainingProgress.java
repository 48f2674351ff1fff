package dev.lora4j.cli;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows the steps, losses and evaluations of one or many adapters while they are trained, as one line for all. */
final class TrainingProgress implements TrainingListener, AutoCloseable {
    private final ProgressLine line;
    private final Map<String, Long> done = new LinkedHashMap<>();
    private final Map<String, Long> totals = new LinkedHashMap<>();
    private final Map<String, StepRecord> latest = new LinkedHashMap<>();

    TrainingProgress(Console console) {
        this.line = ProgressLine.of(console, ProgressLine.Unit.STEPS);
    }

    @Override
    public void started(TrainingTask task, long step, long total) {
        done.put(task.name(), step);
        totals.put(task.name(), total);
        line.begin(sum(done));
        if (step > 0) {
            line.message(task.name() + ": going on after step " + step + " of " + total);
        }
    }

    private static long sum(Map<String, Long> steps) {
        return steps.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        done.put(task.name(), record.step());
        latest.put(task.name(), record);
        String losses = latest.entrySet().stream()
                .map(each -> String.format(
                        Locale.ROOT,
                        "%s loss %.4f",
                        each.getKey(),
                        each.getValue().loss()))
                .collect(Collectors.joining("  "));
        double rate = latest.values().stream()
                .mapToDouble(StepRecord::tokensPerSecond)
                .sum();
        line.advance("step", sum(done), sum(totals), String.format(Locale.ROOT, "%s  %,.0f tokens/s", losses, rate));
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
        leave(task, "has ended after step " + done.get(task.name()));
    }

    @Override
    public void failed(TrainingTask task, Lora4jException cause) {
        leave(task, "has failed: " + cause.getMessage());
    }

    /** The others go on: what is left to do is theirs. */
    private void leave(TrainingTask task, String what) {
        totals.put(task.name(), done.getOrDefault(task.name(), 0L));
        latest.remove(task.name());
        if (totals.size() > 1) {
            line.message(task.name() + " " + what);
        }
    }

    /** Ends the line, also after a failure. */
    @Override
    public void close() {
        line.close();
    }
}
