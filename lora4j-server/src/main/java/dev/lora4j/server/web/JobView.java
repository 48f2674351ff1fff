package dev.lora4j.server.web;

import dev.lora4j.server.finetuning.FineTuningJob;
import dev.lora4j.server.finetuning.JobEvent;
import dev.lora4j.server.finetuning.JobStatus;
import dev.lora4j.server.finetuning.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A job with how far it is.
 *
 * @param rows name of the file that it learns from
 * @param step that was done last; 0 before the first
 * @param steps of the whole job; 0 before they are known
 * @param loss of the last step
 * @param left time until it is done, as far as that can be told
 */
record JobView(FineTuningJob job, String rows, long step, long steps, Optional<Double> loss, Optional<Duration> left) {
    /** Events among which the last step surely is: between two steps there are few others. */
    private static final int RECENT = 10;

    static JobView of(TrainingDesk desk, FineTuningJob job) {
        return of(desk, job, desk.events(job.id(), Optional.empty(), RECENT).data());
    }

    /** Of a job whose newest events are known. */
    static JobView of(TrainingDesk desk, FineTuningJob job, List<JobEvent> newestFirst) {
        Optional<JobEvent> last = newestFirst.stream()
                .filter(event -> event.kind() == JobEvent.Kind.STEP)
                .findFirst();
        long finish = desk.estimatedFinish(job).orElse(0);
        long now = Instant.now().getEpochSecond();
        return new JobView(
                job,
                name(desk, job.trainingFile()),
                last.flatMap(JobEvent::step).orElse(0L),
                last.flatMap(JobEvent::totalSteps).orElse(0L),
                last.flatMap(JobEvent::loss),
                finish > 0 ? Optional.of(Duration.ofSeconds(Math.max(0, finish - now))) : Optional.empty());
    }

    private static String name(TrainingDesk desk, String file) {
        try {
            return desk.file(file).filename();
        } catch (RefusedException e) {
            return "a file that was deleted";
        }
    }

    /** What its model is or will be called, by the part that its owner chose. */
    String title() {
        return job.suffix().orElseGet(job::modelName);
    }

    boolean isPaused() {
        return job.status() == JobStatus.PAUSED;
    }

    boolean isActive() {
        return !job.status().isEnd();
    }

    /** Its state in a word for people. */
    String word() {
        return switch (job.status()) {
            case VALIDATING_FILES -> "Checking rows";
            case QUEUED -> "Waiting";
            case RUNNING -> "Training";
            case PAUSED -> "Paused";
            case SUCCEEDED -> "Done";
            case FAILED -> "Failed";
            case CANCELLED -> "Cancelled";
        };
    }

    /** Such as {@code Step 12 of 75}, with the loss and the time that is left. */
    String progress() {
        if (steps == 0) {
            return job.status() == JobStatus.RUNNING ? "Before the first step" : "";
        }
        StringBuilder text = new StringBuilder(job.status().isEnd() || isPaused() ? "" : "Step ")
                .append(Figures.count(step))
                .append(" of ")
                .append(Figures.count(steps))
                .append(job.status().isEnd() || isPaused() ? " steps" : "");
        loss.ifPresent(value -> text.append(" · loss ").append(loss(value)));
        left.ifPresent(time -> text.append(" · about ").append(words(time)).append(" left"));
        return text.toString();
    }

    static String loss(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.1f", value);
    }

    static String words(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 90) {
            return Math.max(1, seconds) + " s";
        }
        return seconds < 5_400 ? Math.round(seconds / 60.0) + " min" : Math.round(seconds / 3600.0) + " h";
    }

    /** A moment, in UTC, as the server's log has it. */
    static String time(long unixSeconds) {
        return Instant.ofEpochSecond(unixSeconds).toString().replace('T', ' ').replace("Z", "");
    }
}
