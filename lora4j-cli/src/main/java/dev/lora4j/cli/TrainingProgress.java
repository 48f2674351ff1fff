package dev.lora4j.cli;

import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingTask;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Tells how a training goes: one redrawn line on a terminal, a line per interval elsewhere. */
final class TrainingProgress implements TrainingListener {
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Console console;
    private final long begin = System.nanoTime();
    private final Map<String, String> lines = new LinkedHashMap<>();
    private final Map<String, Long> totals = new LinkedHashMap<>();
    private long shown = System.nanoTime();
    private long firstStep = -1;

    TrainingProgress(Console console) {
        this.console = console;
    }

    @Override
    public void started(TrainingTask task, long step, long totalSteps) {
        totals.put(task.name(), totalSteps);
        if (step > 0) {
            console.message(task.name() + ": resuming after step " + step + " of " + totalSteps);
        }
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        long total = totals.getOrDefault(task.name(), 0L);
        if (firstStep < 0) {
            firstStep = record.step() - 1;
        }
        lines.put(
                task.name(),
                String.format(
                        Locale.ROOT,
                        "%s step %d/%d loss %.4f",
                        task.name(),
                        record.step(),
                        total,
                        record.loss()));
        boolean due = System.nanoTime() - shown >= INTERVAL.toNanos();
        if (console.terminals().err()) {
            console.messagePiece("\r" + line(record, total) + "\u001b[K");
        } else if (due || record.step() == total) {
            shown = System.nanoTime();
            console.message(line(record, total));
        }
    }

    private String line(StepRecord record, long total) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        double perStep = seconds / Math.max(1, record.step() - firstStep);
        Duration left = Duration.ofSeconds((long) (perStep * (total - record.step())));
        return String.format(
                Locale.ROOT,
                "%s  %,.0f tokens/s  %s left",
                String.join("  ", lines.values()),
                record.tokensPerSecond(),
                Amounts.time(left));
    }

    @Override
    public void evaluated(TrainingTask task, EvaluationRecord record) {
        String accuracy = record.accuracy().isPresent()
                ? String.format(Locale.ROOT, ", accuracy %.1f %%", 100 * record.accuracy().getAsDouble())
                : "";
        clear();
        console.message(String.format(
                Locale.ROOT,
                "%s step %d: validation loss %.4f%s%s",
                task.name(),
                record.step(),
                record.loss(),
                accuracy,
                record.best() ? " (best so far)" : ""));
    }

    private void clear() {
        if (console.terminals().err()) {
            console.messagePiece("\r\u001b[K");
        }
    }

    @Override
    public void finished(TrainingTask task, dev.lora4j.training.TrainingReport report) {
        clear();
    }
}
