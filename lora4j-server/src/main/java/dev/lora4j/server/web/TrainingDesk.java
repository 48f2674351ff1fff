package dev.lora4j.server.web;

import dev.lora4j.server.finetuning.FineTuningJob;
import dev.lora4j.server.finetuning.JobCheckpoint;
import dev.lora4j.server.finetuning.JobEvent;
import dev.lora4j.server.finetuning.JobRequest;
import dev.lora4j.server.finetuning.Page;
import dev.lora4j.server.finetuning.StoredFile;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Fine-tuning as one visitor may do it; refusals are {@code RefusedException} or {@link PageException}. */
public interface TrainingDesk {
    /** Files that the page offers, the newest. */
    int FILES = 100;
    /** Jobs that the page lists, the newest. */
    int JOBS = 50;
    /** Checkpoints that the page lists, the newest. */
    int CHECKPOINTS = 20;

    /** False once the server is told to stop: then nobody is kept waiting for news. */
    boolean isServing();

    /** Takes the file of a form with {@code purpose} and {@code file}, and checks its rows. */
    StoredFile upload(Context context);

    /** Files to learn from, the newest first. */
    List<StoredFile> files();

    /** One file. */
    StoredFile file(String id);

    /** Begins a job. */
    FineTuningJob create(JobRequest request);

    /** The jobs, the newest first. */
    List<FineTuningJob> jobs();

    /** One job. */
    FineTuningJob job(String id);

    /** When a job that runs will be done, in Unix seconds. */
    OptionalLong estimatedFinish(FineTuningJob job);

    /** Ends a job. */
    void cancel(String id);

    /** Stops a job for a while. */
    void pause(String id);

    /** Lets a job go on. */
    void resume(String id);

    /** A job's events, the newest first; those after an event are older. */
    Page<JobEvent> events(String id, Optional<String> after, int limit);

    /** A job's checkpoints, the newest first. */
    List<JobCheckpoint> checkpoints(String id);
}
