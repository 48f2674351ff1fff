package dev.lora4j.server.finetuning;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Jobs, events and checkpoints in the database. A job's status changes only from one that allows it, in one transaction
 * with the event that tells of it. Safe for any number of threads.
 */
final class JobStore {
    private static final String UNLESS_CANCELLED =
            "WHERE EXISTS (SELECT 1 FROM jobs WHERE id = ? AND status <> 'cancelled')";

    private final Database database;
    private final Clock clock;

    JobStore(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    private long now() {
        return clock.instant().getEpochSecond();
    }

    // ---- jobs

    /** Keeps a new job, whose files must be there, with its first events. */
    void create(FineTuningJob job, Account owner) {
        database.transaction(tables -> {
            requireFile(tables, owner, "training_file", job.trainingFile());
            if (job.validationFile().isPresent()) {
                requireFile(
                        tables, owner, "validation_file", job.validationFile().get());
            }
            long unfinished = Query.on(tables)
                    .add("SELECT COUNT(*) FROM jobs WHERE status IN " + JobStatus.UNFINISHED)
                    .number();
            if (unfinished >= FineTuningOptions.UNFINISHED_JOBS) {
                throw RefusedException.full("there are " + unfinished
                        + " jobs that have not ended, which is this server's limit; wait, or cancel some");
            }
            insert(tables, job);
            event(tables, job.id(), "info", "Created fine-tuning job: " + job.id());
            event(
                    tables,
                    job.id(),
                    "info",
                    "Validating training file: " + job.trainingFile()
                            + job.validationFile()
                                    .map(file -> " and validation file: " + file)
                                    .orElse(""));
            return job;
        });
    }

    private static void requireFile(Connection tables, Account owner, String param, String id) throws SQLException {
        StoredFile file = TrainingFiles.find(tables, id)
                .filter(found -> owner.sees(found.owner()))
                .orElseThrow(() -> RefusedException.invalid(
                        param, param + " is " + TrainingFiles.shown(id) + ", and there is no such file"));
        if (!file.purpose().equals(StoredFile.FINE_TUNE)) {
            throw RefusedException.invalid(
                    param, param + " has the purpose " + file.purpose() + ", expected " + StoredFile.FINE_TUNE);
        }
    }

    private static void insert(Connection tables, FineTuningJob job) throws SQLException {
        Query.on(tables)
                .add("INSERT INTO jobs (id, owner, created_at, base, fingerprint, model_name, training_file,")
                .add("validation_file, suffix, seed, metadata, hyperparameters, status)")
                .add(
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        job.id(),
                        job.owner(),
                        job.createdAt(),
                        job.base(),
                        job.fingerprint(),
                        job.modelName(),
                        job.trainingFile(),
                        job.validationFile(),
                        job.suffix(),
                        job.seed(),
                        FineTuningJob.json(job.metadata()),
                        job.hyperparameters().json(),
                        job.status().word())
                .change();
    }

    Optional<FineTuningJob> find(String id) {
        return database.transaction(tables ->
                Query.on(tables).add("SELECT * FROM jobs WHERE id = ?", id).first(FineTuningJob::read));
    }

    /** The job whose model has this name. */
    Optional<FineTuningJob> ofModel(String modelName) {
        return database.transaction(tables -> Query.on(tables)
                .add("SELECT * FROM jobs WHERE model_name = ?", modelName)
                .first(FineTuningJob::read));
    }

    Page<FineTuningJob> list(Account account, Map<String, String> metadata, Optional<String> after, int limit) {
        List<FineTuningJob> found = database.transaction(tables -> {
            Query query = Query.on(tables)
                    .add("SELECT * FROM jobs WHERE (? OR owner = ?)", account.seesAll(), account.name());
            for (Map.Entry<String, String> pair : metadata.entrySet()) {
                query.add(
                        "AND EXISTS (SELECT 1 FROM json_each(jobs.metadata) m WHERE m.key = ? AND m.value = ?)",
                        pair.getKey(),
                        pair.getValue());
            }
            if (after.isPresent()) {
                query.add("AND number < (SELECT number FROM jobs WHERE id = ?)", after.get());
            }
            return query.add("ORDER BY number DESC LIMIT ?", limit + 1L).list(FineTuningJob::read);
        });
        return Page.of(found, limit);
    }

    /** Every job over a base in one of these states, the oldest first. */
    List<FineTuningJob> inState(String fingerprint, JobStatus... states) {
        return database.transaction(tables -> Query.on(tables)
                .add("SELECT * FROM jobs WHERE fingerprint = ?", fingerprint)
                .add("AND status IN " + JobStatus.list(states) + " ORDER BY number")
                .list(FineTuningJob::read));
    }

    /** Jobs that have not ended and belong to another base. */
    long ofOtherBases(String fingerprint) {
        return database.transaction(tables -> Query.on(tables)
                .add("SELECT COUNT(*) FROM jobs WHERE fingerprint <> ?", fingerprint)
                .add("AND status IN " + JobStatus.UNFINISHED)
                .number());
    }

    /**
     * Changes the status, if it is one of those from which that may be done.
     *
     * @return whether it was
     */
    boolean move(String id, Set<JobStatus> from, JobStatus to, String message) {
        return database.transaction(tables -> move(tables, id, from, to, "info", message));
    }

    private boolean move(Connection tables, String id, Set<JobStatus> from, JobStatus to, String level, String message)
            throws SQLException {
        int changed = Query.on(tables)
                .add(
                        "UPDATE jobs SET status = ?, finished_at = ?",
                        to.word(),
                        to.isEnd() ? Optional.of(now()) : Optional.empty())
                .add("WHERE id = ? AND status IN " + JobStatus.list(from.toArray(JobStatus[]::new)), id)
                .change();
        if (changed == 1) {
            event(tables, id, level, message);
        }
        return changed == 1;
    }

    void fail(String id, FineTuningJob.Failure failure) {
        database.transaction(tables -> {
            Set<JobStatus> from = Set.of(JobStatus.VALIDATING_FILES, JobStatus.QUEUED, JobStatus.RUNNING);
            if (move(tables, id, from, JobStatus.FAILED, "error", failure.message())) {
                Query.on(tables)
                        .add(
                                "UPDATE jobs SET error_code = ?, error_message = ?, error_param = ?",
                                failure.code(),
                                failure.message(),
                                failure.param())
                        .add("WHERE id = ?", id)
                        .change();
            }
            return id;
        });
    }

    /** Keeps what a run must have the same when it goes on, unless that is known already; what holds now. */
    String plan(String id, String plan, Hyperparameters resolved) {
        return database.transaction(tables -> {
            Query.on(tables)
                    .add("UPDATE jobs SET plan = ?, hyperparameters = ?", plan, resolved.json())
                    .add("WHERE id = ? AND plan IS NULL", id)
                    .change();
            return Query.on(tables)
                    .add("SELECT plan FROM jobs WHERE id = ?", id)
                    .first(row -> row.getString(1))
                    .orElseThrow();
        });
    }

    /**
     * The job's model is served and its results are on the disk.
     *
     * @return false if it was cancelled meanwhile
     */
    boolean succeed(FineTuningJob job, StoredFile results) {
        return database.transaction(tables -> {
            if (!move(
                    tables,
                    job.id(),
                    Set.of(JobStatus.RUNNING),
                    JobStatus.SUCCEEDED,
                    "info",
                    "New fine-tuned model created: " + job.modelName())) {
                return false;
            }
            Query.on(tables).add("DELETE FROM files WHERE id = ?", results.id()).change();
            TrainingFiles.insert(tables, results);
            Query.on(tables)
                    .add("UPDATE jobs SET result_file = ?, trained_tokens =", results.id())
                    .add("(SELECT COALESCE(SUM(tokens), 0) FROM events WHERE job = ? AND kind = 'step')", job.id())
                    .add("WHERE id = ?", job.id())
                    .change();
            event(tables, job.id(), "info", "The job has successfully completed");
            return true;
        });
    }

    void modelDeleted(String id) {
        database.transaction(tables -> Query.on(tables)
                .add("UPDATE jobs SET model_deleted = 1 WHERE id = ?", id)
                .change());
    }

    // ---- events

    /** Tells of the job as a whole. */
    void tell(String job, String level, String message) {
        database.transaction(tables -> event(tables, job, level, message));
    }

    private int event(Connection tables, String job, String level, String message) throws SQLException {
        return Query.on(tables)
                .add(
                        "INSERT INTO events (id, job, created_at, level, kind, message) VALUES (?, ?, ?, ?, ?, ?)",
                        Names.id("ftevent-"),
                        job,
                        now(),
                        level,
                        JobEvent.Kind.MESSAGE.word(),
                        message)
                .change();
    }

    /**
     * What a step of a job has given.
     *
     * @param total steps of the job
     * @param tokens that went through the model
     */
    record Figures(long step, long total, double loss, long tokens) {}

    /** Tells of a step, unless that was done before a crash; of a cancelled job nothing is told any more. */
    void step(String job, JobEvent.Kind kind, Figures figures, String message) {
        database.transaction(tables -> Query.on(tables)
                .add(
                        "INSERT OR IGNORE INTO events (id, job, created_at, level, kind, message, step, total, loss, tokens)")
                .add(
                        "SELECT ?, ?, ?, 'info', ?, ?, ?, ?, ?, ?",
                        Names.id("ftevent-"),
                        job,
                        now(),
                        kind.word(),
                        message,
                        figures.step(),
                        figures.total(),
                        figures.loss(),
                        figures.tokens())
                .add(UNLESS_CANCELLED, job)
                .change());
    }

    /** The newest first; those after an event are older. */
    Page<JobEvent> events(String job, Optional<String> after, int limit) {
        List<JobEvent> found = database.transaction(tables -> {
            Query query = Query.on(tables).add("SELECT * FROM events WHERE job = ?", job);
            if (after.isPresent()) {
                long number = Query.on(tables)
                        .add("SELECT number FROM events WHERE job = ? AND id = ?", job, after.get())
                        .number();
                if (number == 0) {
                    throw unknownAfter(after.get());
                }
                query.add("AND number < ?", number);
            }
            return query.add("ORDER BY number DESC LIMIT ?", limit + 1L).list(JobEvent::read);
        });
        return Page.of(found, limit);
    }

    static RefusedException unknownAfter(String id) {
        return RefusedException.invalid("after", "after is not in this list: " + TrainingFiles.shown(id));
    }

    /** Of every step in order: the step, and its losses as far as they are known. */
    List<StepLosses> losses(String job) {
        return database.transaction(tables -> Query.on(tables)
                .add("SELECT s.step, s.loss, v.loss AS valid FROM events s LEFT JOIN events v")
                .add("ON v.job = s.job AND v.kind = 'validation' AND v.step = s.step")
                .add("WHERE s.job = ? AND s.kind = 'step' ORDER BY s.step", job)
                .list(row -> new StepLosses(
                        row.getLong("step"), row.getDouble("loss"), Query.optionalDouble(row, "valid"))));
    }

    /** The losses after a step. */
    record StepLosses(long step, double train, Optional<Double> validation) {}

    // ---- checkpoints

    /** Notes a checkpoint that is on the disk; false if it was known already. */
    boolean checkpoint(FineTuningJob job, long step) {
        return database.transaction(tables -> {
            String name = Names.checkpoint(job.modelName(), step);
            int added = Query.on(tables)
                    .add("INSERT OR IGNORE INTO checkpoints (id, job, step, created_at, model_name)")
                    .add("VALUES (?, ?, ?, ?, ?)", Names.id("ftckpt_"), job.id(), step, now(), name)
                    .change();
            if (added == 1) {
                Query.on(tables)
                        .add("INSERT OR IGNORE INTO events (id, job, created_at, level, kind, message, step)")
                        .add(
                                "SELECT ?, ?, ?, 'info', ?, ?, ?",
                                Names.id("ftevent-"),
                                job.id(),
                                now(),
                                JobEvent.Kind.CHECKPOINT.word(),
                                "Checkpoint created at step " + step + ": " + name,
                                step)
                        .add(UNLESS_CANCELLED, job.id())
                        .change();
            }
            return added == 1;
        });
    }

    /** A job's checkpoints, the newest first; those that were deleted are left out. */
    List<JobCheckpoint> checkpoints(String job) {
        return database.transaction(tables -> Query.on(tables)
                .add(JobCheckpoint.SELECT)
                .add("WHERE c.job = ? AND NOT c.deleted ORDER BY c.number DESC", job)
                .list(JobCheckpoint::read));
    }

    /** The checkpoint that is served under a name. */
    Optional<JobCheckpoint> checkpointOfModel(String modelName) {
        return database.transaction(tables -> Query.on(tables)
                .add(JobCheckpoint.SELECT)
                .add("WHERE c.model_name = ? AND NOT c.deleted", modelName)
                .first(JobCheckpoint::read));
    }

    /** Whether a step's checkpoint was deleted. */
    boolean isCheckpointDeleted(String job, long step) {
        return database.transaction(tables -> Query.on(tables)
                        .add("SELECT deleted FROM checkpoints WHERE job = ? AND step = ?", job, step)
                        .number())
                == 1;
    }

    void checkpointDeleted(String job, long step) {
        database.transaction(tables -> Query.on(tables)
                .add("UPDATE checkpoints SET deleted = 1 WHERE job = ? AND step = ?", job, step)
                .change());
    }
}
