package dev.lora4j.server.finetuning;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One job from its rows to its model. Whatever is in native memory for it is freed at its end, however it ends.
 *
 * <p>Safe for several threads, each with a job of its own; borrows model and tokenizer.
 */
final class JobTraining {
    private final LanguageModel model;
    private final ExampleEncoder encoder;
    private final TrainingFiles files;
    private final JobStore store;
    private final FineTunedModels models;
    private final FineTuningOptions options;
    private final TrainingMemory memory;
    private final Clock clock;

    JobTraining(LanguageModel model, Tokenizer tokenizer, Kept kept, FineTuningOptions options, Clock clock) {
        this.model = model;
        this.encoder = ExampleEncoder.causal(
                tokenizer, EncodingSettings.of(Math.min(options.rowTokens(), model.maxPositions())));
        this.files = kept.files();
        this.store = kept.store();
        this.models = kept.models();
        this.options = options;
        this.memory = new TrainingMemory(options.memoryBytes());
        this.clock = clock;
    }

    /** A job cannot go on, for a reason that its owner is told. */
    static final class JobFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient FineTuningJob.Failure failure;

        JobFailedException(FineTuningJob.Failure failure) {
            super(failure.message(), null, false, false);
            this.failure = failure;
        }

        FineTuningJob.Failure failure() {
            return failure;
        }
    }

    /**
     * Makes all rows of a job into tokens, to see whether that can be done.
     *
     * @throws JobFailedException naming the file and the line of a row that cannot be learned from
     */
    void validate(FineTuningJob job) {
        rows("training_file", job.trainingFile());
        job.validationFile().ifPresent(file -> rows("validation_file", file));
    }

    private Dataset rows(String param, String file) {
        Path path = files.path(file);
        try {
            return Dataset.read(path, encoder, RowPolicy.FAIL);
        } catch (Lora4jException e) {
            String message = "The " + param.replace('_', ' ') + " cannot be used: " + Rows.problem(path, e);
            throw new JobFailedException(new FineTuningJob.Failure("invalid_" + param, message, Optional.of(param)));
        }
    }

    /**
     * Trains a job to its end, or until it is told to stop.
     *
     * @return whether it came to its end
     */
    boolean run(FineTuningJob job, ActiveJob active) throws InterruptedException {
        Dataset training = rows("training_file", job.trainingFile());
        Optional<Dataset> validation = job.validationFile().map(file -> rows("validation_file", file));
        Hyperparameters resolved = job.hyperparameters().resolved(training.size());
        String kept =
                store.plan(job.id(), Plan.of(resolved, options.batchTokens()).json(), resolved);
        Plan plan = Plan.of(kept);
        models.noteCheckpoints(job);
        try (Scope scope = Scope.open();
                Adapter adapter = Adapter.create(model, plan.lora(), job.seed())) {
            long bytes = TrainingMemory.estimate(model, adapter.parameters(), tokensAtOnce(plan, training, validation));
            requireMemory(bytes);
            memory.reserve(bytes);
            try {
                TrainingTask task = new TrainingTask(
                        job.id(),
                        adapter,
                        training,
                        validation,
                        plan.training(training.size(), job.seed()),
                        Optional.of(models.work(job)),
                        true);
                Trainer trainer = Trainer.of(model, task).pacedBy(active);
                active.runs(trainer);
                List<TrainingReport> reports = trainer.train(new JobProgress(job, store, models, active, clock));
                active.endTurn();
                return reports.get(0).stop() == TrainingReport.StopReason.COMPLETED && finish(job, adapter);
            } finally {
                active.endTurn();
                memory.release(bytes);
            }
        }
    }

    /** A row is never divided, so one long row may be more than a batch. */
    private static long tokensAtOnce(Plan plan, Dataset training, Optional<Dataset> validation) {
        int longest = training.report().longest();
        int longestOther = validation.map(rows -> rows.report().longest()).orElse(0);
        return Math.max(plan.batchTokens(), Math.max(longest, longestOther));
    }

    private void requireMemory(long bytes) {
        if (bytes > memory.limit()) {
            throw new JobFailedException(new FineTuningJob.Failure(
                    "insufficient_memory",
                    "The job would take about " + bytes / 1_000_000 + " MB, all jobs together may take "
                            + memory.limit() / 1_000_000 + " MB on this server; use shorter rows",
                    Optional.empty()));
        }
    }

    /** Serves the model before anybody is told that it is there. */
    private boolean finish(FineTuningJob job, Adapter adapter) {
        models.publish(job, adapter);
        String id = "file-" + job.id().substring(job.id().indexOf('-') + 1) + "results";
        String results = results(job);
        files.write(id, results);
        StoredFile file = new StoredFile(
                id,
                job.owner(),
                StoredFile.RESULTS,
                "step_metrics.csv",
                results.length(),
                clock.instant().getEpochSecond());
        boolean succeeded = store.succeed(job, file);
        if (!succeeded) {
            models.discard(job);
        }
        return succeeded;
    }

    /** A line for each step; what is not measured is empty. */
    private String results(FineTuningJob job) {
        return store.losses(job.id()).stream()
                .map(each -> String.format(
                        Locale.ROOT,
                        "%d,%s,,%s,",
                        each.step(),
                        each.train(),
                        each.validation().map(String::valueOf).orElse("")))
                .collect(Collectors.joining(
                        "\n", "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n", "\n"));
    }
}
