package dev.lora4j.server.finetuning;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.model.LanguageModel;
import java.time.Clock;
import java.util.function.BooleanSupplier;
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
    private final TrainingFiles files;
    private final FineTuningJobs jobs;
    private final FineTunedModels models;
    private final JobRunner runner;
    private final FineTuningOptions options;

    private FineTuning(
            Database database,
            TrainingFiles files,
            FineTuningJobs jobs,
            FineTunedModels models,
            JobRunner runner,
            FineTuningOptions options) {
        this.database = database;
        this.files = files;
        this.jobs = jobs;
        this.models = models;
        this.runner = runner;
        this.options = options;
    }

    /**
     * Opens the folder, serves the models that it holds, and trains nothing before {@link #start}.
     *
     * @param name what clients call the model
     * @param serving whether requests run now, for which jobs leave time
     * @throws dev.lora4j.formats.Lora4jException if another process uses the folder, or it cannot be read
     */
    public static FineTuning open(
            LanguageModel model,
            Tokenizer tokenizer,
            String name,
            FineTuningOptions options,
            ModelPublisher publisher,
            BooleanSupplier serving) {
        Clock clock = Clock.systemUTC();
        Database database = Database.open(options.data());
        try {
            FineTuningJobs.Base base = new FineTuningJobs.Base(name, model.fingerprint());
            TrainingFiles files = new TrainingFiles(database, options, clock);
            JobStore store = new JobStore(database, clock);
            FineTunedModels models = new FineTunedModels(store, options.data().resolve("jobs"), publisher);
            JobTraining training = new JobTraining(model, tokenizer, files, store, models, options, clock);
            JobRunner runner =
                    new JobRunner(store, training, new TrainingTurn(options.timeShare(), serving), base.fingerprint());
            store.inState(base.fingerprint(), JobStatus.values()).forEach(models::restore);
            long others = store.ofOtherBases(base.fingerprint());
            if (others > 0) {
                LOG.warn("{} jobs belong to another base and wait until it is served again", others);
            }
            FineTuningJobs jobs = new FineTuningJobs(store, runner, base, clock);
            return new FineTuning(database, files, jobs, models, runner, options);
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
        return files;
    }

    /** The jobs. */
    public FineTuningJobs jobs() {
        return jobs;
    }

    /** The models that came of them. */
    public FineTunedModels models() {
        return models;
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
