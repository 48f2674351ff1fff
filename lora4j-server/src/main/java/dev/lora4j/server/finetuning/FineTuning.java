package dev.lora4j.server.finetuning;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.model.LanguageModel;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fine-tuning over a base that serves requests at the same time: files, jobs and the models that come of them.
 *
 * <p>Everything is in one folder, and a process that starts on it goes on where the last one ended, however that was.
 * Safe for any number of threads; borrows model and tokenizer until closed.
 */
public final class FineTuning implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FineTuning.class);

    private final Database database;
    private final Kept kept;
    private final FineTuningJobs jobs;
    private final JobRunner runner;
    private final FineTuningOptions options;

    private FineTuning(Database database, Kept kept, FineTuningJobs jobs, JobRunner runner, FineTuningOptions options) {
        this.database = database;
        this.kept = kept;
        this.jobs = jobs;
        this.runner = runner;
        this.options = options;
    }

    /**
     * Opens the folder, serves the models that it holds, and trains nothing before {@link #start}.
     *
     * @throws dev.lora4j.formats.Lora4jException if another process uses the folder, or it cannot be read
     */
    public static FineTuning open(
            LanguageModel model, Tokenizer tokenizer, FineTuningOptions options, Serving serving) {
        Database database = Database.open(options.data());
        try {
            Clock clock = Clock.systemUTC();
            FineTuningJobs.Base base = new FineTuningJobs.Base(serving.base(), model.fingerprint());
            JobStore store = new JobStore(database, clock);
            FineTunedModels models = new FineTunedModels(store, options.data().resolve("jobs"), serving);
            Kept kept = new Kept(new TrainingFiles(database, options, clock), store, models);
            JobTraining training = new JobTraining(model, tokenizer, kept, options, clock);
            TrainingTurn turn = new TrainingTurn(options.timeShare(), serving::isBusy);
            JobRunner runner = new JobRunner(store, training, turn, base.fingerprint());
            store.inState(base.fingerprint(), JobStatus.values()).forEach(models::restore);
            long others = store.ofOtherBases(base.fingerprint());
            if (others > 0) {
                LOG.warn("{} jobs belong to another base and wait until it is served again", others);
            }
            return new FineTuning(database, kept, new FineTuningJobs(store, runner, base, clock), runner, options);
        } catch (RuntimeException | Error e) {
            database.close();
            throw e;
        }
    }

    /** Trains from now on. */
    public void start() {
        runner.start(options.jobs());
    }

    /** Files to learn from, and what jobs say of their steps. */
    public TrainingFiles files() {
        return kept.files();
    }

    /** The jobs. */
    public FineTuningJobs jobs() {
        return jobs;
    }

    /** The models that came of them. */
    public FineTunedModels models() {
        return kept.models();
    }

    /** Begins nothing more, and stops the jobs that run, each with a checkpoint, without waiting for that. */
    public void stop() {
        runner.stop();
    }

    /** Waits for the jobs to stop; they go on when the folder is opened again. */
    @Override
    public void close() {
        runner.close();
        database.close();
    }
}
