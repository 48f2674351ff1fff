package dev.lora4j.server.finetuning;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Jobs as their owners see them: to begin, follow, stop for a while and end. Safe for any number of threads. */
public final class FineTuningJobs {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JobStore store;
    private final JobRunner runner;
    private final Base base;
    private final Clock clock;

    /** What is trained upon: what clients call it, and what it is. */
    record Base(String name, String fingerprint) {}

    FineTuningJobs(JobStore store, JobRunner runner, Base base, Clock clock) {
        this.store = store;
        this.runner = runner;
        this.base = base;
        this.clock = clock;
    }

    /**
     * Begins a job; what it returns is on the disk.
     *
     * @throws RefusedException if the model, a file, the suffix or the metadata will not do, or there are too many jobs
     */
    public FineTuningJob create(Account owner, JobRequest request) {
        if (!request.model().equals(base.name())) {
            throw RefusedException.invalid(
                    "model",
                    "model is " + TrainingFiles.shown(request.model()) + ", this server fine-tunes " + base.name()
                            + " alone");
        }
        request.suffix().ifPresent(FineTuningJobs::checkSuffix);
        checkMetadata(request.metadata());
        FineTuningJob job = new FineTuningJob(
                Names.id("ftjob-"),
                owner.name(),
                clock.instant().getEpochSecond(),
                base.name(),
                base.fingerprint(),
                Names.model(
                        base.name(),
                        FineTuningOptions.ORGANIZATION,
                        request.suffix().orElse("")),
                request.trainingFile(),
                request.validationFile(),
                request.suffix(),
                request.seed().orElseGet(() -> RANDOM.nextInt(Integer.MAX_VALUE)),
                request.metadata(),
                request.hyperparameters(),
                Optional.empty(),
                JobStatus.VALIDATING_FILES,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false);
        store.create(job, owner);
        runner.wake();
        return job;
    }

    private static void checkSuffix(String suffix) {
        if (!suffix.matches("[A-Za-z0-9._-]{1," + FineTuningOptions.SUFFIX_CHARS + "}")) {
            throw RefusedException.invalid(
                    "suffix",
                    "suffix is not one: expected 1 to " + FineTuningOptions.SUFFIX_CHARS
                            + " letters, digits, dots, hyphens or underscores");
        }
    }

    private static void checkMetadata(Map<String, String> metadata) {
        boolean tooLong = metadata.entrySet().stream()
                .anyMatch(pair -> pair.getKey().length() > FineTuningOptions.METADATA_KEY_CHARS
                        || pair.getValue().length() > FineTuningOptions.METADATA_VALUE_CHARS);
        if (metadata.size() > FineTuningOptions.METADATA || tooLong) {
            throw RefusedException.invalid(
                    "metadata",
                    "metadata has more than " + FineTuningOptions.METADATA + " pairs, or a key of more than "
                            + FineTuningOptions.METADATA_KEY_CHARS + " characters, or a value of more than "
                            + FineTuningOptions.METADATA_VALUE_CHARS);
        }
    }

    /**
     * Some of an account's jobs, the newest first.
     *
     * @param metadata that they have
     * @param after the id before the first that is wanted
     */
    public Page<FineTuningJob> list(Account account, Map<String, String> metadata, Optional<String> after, int limit) {
        if (after.isPresent()
                && store.find(after.get())
                        .filter(job -> account.sees(job.owner()))
                        .isEmpty()) {
            throw JobStore.unknownAfter(after.get());
        }
        return store.list(account, metadata, after, limit);
    }

    /**
     * One job.
     *
     * @throws RefusedException if there is none, or it is another's
     */
    public FineTuningJob get(Account account, String id) {
        return store.find(id)
                .filter(job -> account.sees(job.owner()))
                .orElseThrow(() -> RefusedException.notFound(
                        "fine_tuning_job_id", "Could not find fine tune: " + TrainingFiles.shown(id)));
    }

    /** When a job that runs will be done, in Unix seconds, as far as that can be told. */
    public OptionalLong estimatedFinish(FineTuningJob job) {
        long seconds = runner.active(job.id()).map(ActiveJob::estimatedFinish).orElse(0L);
        return seconds == 0 || job.status() != JobStatus.RUNNING ? OptionalLong.empty() : OptionalLong.of(seconds);
    }

    /** Ends a job; its checkpoints stay. */
    public FineTuningJob cancel(Account account, String id) {
        Set<JobStatus> from = Set.of(JobStatus.VALIDATING_FILES, JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PAUSED);
        FineTuningJob job = move(account, id, from, JobStatus.CANCELLED, "Fine-tuning job cancelled");
        runner.active(id).ifPresent(ActiveJob::abandon);
        return job;
    }

    /** Stops a job for a while, with a checkpoint of where it is. */
    public FineTuningJob pause(Account account, String id) {
        Set<JobStatus> from = Set.of(JobStatus.VALIDATING_FILES, JobStatus.QUEUED, JobStatus.RUNNING);
        FineTuningJob job = move(account, id, from, JobStatus.PAUSED, "Fine-tuning job paused");
        runner.active(id).ifPresent(ActiveJob::stop);
        return job;
    }

    /** Lets a job go on that was stopped; its files are looked at again. */
    public FineTuningJob resume(Account account, String id) {
        FineTuningJob job =
                move(account, id, Set.of(JobStatus.PAUSED), JobStatus.VALIDATING_FILES, "Fine-tuning job resumed");
        runner.wake();
        return job;
    }

    private FineTuningJob move(Account account, String id, Set<JobStatus> from, JobStatus to, String message) {
        FineTuningJob job = get(account, id);
        if (!store.move(id, from, to, message)) {
            throw RefusedException.invalid(
                    "fine_tuning_job_id",
                    "the job is " + get(account, id).status().word() + " and cannot become " + to.word());
        }
        return get(account, job.id());
    }

    /** A job's events, the newest first. */
    public Page<JobEvent> events(Account account, String id, Optional<String> after, int limit) {
        return store.events(get(account, id).id(), after, limit);
    }

    /** A job's checkpoints that can be used, the newest first. */
    public Page<JobCheckpoint> checkpoints(Account account, String id, Optional<String> after, int limit) {
        List<JobCheckpoint> all = store.checkpoints(get(account, id).id());
        int first = 0;
        if (after.isPresent()) {
            List<String> ids = all.stream().map(JobCheckpoint::id).toList();
            first = ids.indexOf(after.get()) + 1;
            if (first == 0) {
                throw JobStore.unknownAfter(after.get());
            }
        }
        return Page.of(all.subList(first, Math.min(all.size(), first + limit + 1)), limit);
    }
}
