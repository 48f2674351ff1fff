package dev.lora4j.server;

import dev.lora4j.server.finetuning.FineTuningJob;
import dev.lora4j.server.finetuning.FineTuningJobs;
import dev.lora4j.server.finetuning.JobCheckpoint;
import dev.lora4j.server.finetuning.JobEvent;
import dev.lora4j.server.finetuning.JobRequest;
import dev.lora4j.server.finetuning.Page;
import dev.lora4j.server.finetuning.StoredFile;
import dev.lora4j.server.web.PageException;
import dev.lora4j.server.web.TrainingDesk;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Fine-tuning as one key may do it by the page: its own files and jobs, or all with the scope admin. */
record PageTrainingDesk(Caller caller, PageModels models, PageModels.Training training) implements TrainingDesk {
    /** Uploads by the page at a time. */
    static final int UPLOADS = 2;

    private FineTuningJobs all() {
        return training.jobs().jobs();
    }

    @Override
    public boolean isServing() {
        return training.serving().getAsBoolean();
    }

    @Override
    public StoredFile upload(Context context) {
        if (!training.uploads().tryAcquire()) {
            throw new PageException(429, "Other files are being uploaded. Try again in a moment.");
        }
        try {
            return FileForm.read(context, training.jobs().files(), caller.account());
        } catch (ApiError e) {
            throw PageWorkbench.refusal(e);
        } finally {
            training.uploads().release();
        }
    }

    @Override
    public List<StoredFile> files() {
        return training.jobs()
                .files()
                .list(caller.account(), Optional.of(StoredFile.FINE_TUNE), true, Optional.empty(), FILES)
                .data();
    }

    @Override
    public StoredFile file(String id) {
        return training.jobs().files().get(caller.account(), id);
    }

    @Override
    public FineTuningJob create(JobRequest request) {
        if (!caller.mayUse(models.served(), request.model())) {
            throw new PageException(403, "This key may not use the base model, so it cannot train upon it.");
        }
        return all().create(caller.account(), request);
    }

    @Override
    public List<FineTuningJob> jobs() {
        return all().list(caller.account(), Map.of(), Optional.empty(), JOBS).data();
    }

    @Override
    public FineTuningJob job(String id) {
        return all().get(caller.account(), id);
    }

    @Override
    public OptionalLong estimatedFinish(FineTuningJob job) {
        return all().estimatedFinish(job);
    }

    @Override
    public void cancel(String id) {
        all().cancel(caller.account(), id);
    }

    @Override
    public void pause(String id) {
        all().pause(caller.account(), id);
    }

    @Override
    public void resume(String id) {
        all().resume(caller.account(), id);
    }

    @Override
    public Page<JobEvent> events(String id, Optional<String> after, int limit) {
        return all().events(caller.account(), id, after, limit);
    }

    @Override
    public List<JobCheckpoint> checkpoints(String id) {
        return all().checkpoints(caller.account(), id, Optional.empty(), CHECKPOINTS)
                .data();
    }
}
