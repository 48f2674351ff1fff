package dev.lora4j.server.finetuning;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;

/** Writes down what happens to a job, and serves its checkpoints as they come. Confined to the training thread. */
final class JobProgress implements TrainingListener {
    private final FineTuningJob job;
    private final JobStore store;
    private final FineTunedModels models;
    private final ActiveJob active;
    private final Clock clock;
    private long total;
    private long firstStep;
    private long beganMillis;

    JobProgress(FineTuningJob job, JobStore store, FineTunedModels models, ActiveJob active, Clock clock) {
        this.job = job;
        this.store = store;
        this.models = models;
        this.active = active;
        this.clock = clock;
    }

    @Override
    public void started(TrainingTask task, long step, long totalSteps) {
        total = totalSteps;
        firstStep = step;
        beganMillis = clock.millis();
        if (step > 0) {
            store.tell(job.id(), "info", "Fine-tuning goes on after step " + step + "/" + totalSteps);
        }
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        store.step(
                job.id(),
                JobEvent.Kind.STEP,
                new JobStore.Figures(record.step(), total, record.loss(), record.tokens()),
                String.format(Locale.ROOT, "Step %d/%d: training loss=%.4f", record.step(), total, record.loss()));
        long took = clock.millis() - beganMillis;
        long left = took / (record.step() - firstStep) * (total - record.step());
        active.estimate((clock.millis() + left) / 1000);
    }

    @Override
    public void evaluated(TrainingTask task, EvaluationRecord record) {
        store.step(
                job.id(),
                JobEvent.Kind.VALIDATION,
                new JobStore.Figures(record.step(), total, record.loss(), 0),
                String.format(
                        Locale.ROOT, "Step %d/%d: full validation loss=%.4f", record.step(), total, record.loss()));
    }

    @Override
    public void saved(TrainingTask task, Path checkpoint) {
        models.noteCheckpoints(job);
    }

    @Override
    public void failed(TrainingTask task, Lora4jException cause) {
        active.endTurn();
    }
}
