package dev.lora4j.training;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.ShuffledOrder;
import dev.lora4j.tensor.DropoutStream;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One adapter's way through its training: optimizer, step, best loss, records.
 *
 * <p>Which rows a step takes, its learning rate and its dropout are functions of the step alone; so the step, the
 * optimizer's moments and the best loss are all that a checkpoint must hold.
 */
final class TrainingRun implements AutoCloseable {
    private final TrainingTask task;
    private final Map<String, Tensor> parameters;
    private final AdamW optimizer;
    private final long stepsPerEpoch;
    private final long totalSteps;
    private final long warmup;
    private final List<StepRecord> records = new ArrayList<>();
    private final List<EvaluationRecord> evaluations = new ArrayList<>();
    private final Map<String, Tensor> best = new LinkedHashMap<>();
    private Scope bestValues = Scope.shared();
    private Optional<RunPrefix> prefix = Optional.empty();
    private Progress progress = new Progress(0, Double.POSITIVE_INFINITY, 0, 0);

    /**
     * Where a run stands.
     *
     * @param step steps done
     * @param bestLoss lowest validation loss so far
     * @param bestStep after which it was seen
     * @param evaluationsSinceBest for early stopping
     */
    record Progress(long step, double bestLoss, long bestStep, int evaluationsSinceBest) {}

    TrainingRun(TrainingTask task) {
        if (task.training().size() == 0) {
            throw new TrainingException(task.name() + ": there are no rows to train on");
        }
        this.task = task;
        this.parameters = task.adapter().tensors();
        TrainingConfig config = task.config();
        int rowsPerStep = rowsPerStep();
        this.stepsPerEpoch = 1L + (task.training().size() - 1) / rowsPerStep;
        this.totalSteps = config.maxSteps() > 0 ? config.maxSteps() : (long) config.epochs() * stepsPerEpoch;
        this.warmup =
                config.warmupSteps() > 0 ? config.warmupSteps() : (long) Math.ceil(config.warmupRatio() * totalSteps);
        this.optimizer = new AdamW(config.adamW(), parameters);
    }

    private int rowsPerStep() {
        return Math.multiplyExact(task.config().batchSize(), task.config().gradientAccumulation());
    }

    TrainingTask task() {
        return task;
    }

    Map<String, Tensor> parameters() {
        return parameters;
    }

    AdamW optimizer() {
        return optimizer;
    }

    Progress progress() {
        return progress;
    }

    void resumeAt(Progress stored) {
        progress = stored;
    }

    long totalSteps() {
        return totalSteps;
    }

    boolean isDone() {
        return progress.step() >= totalSteps;
    }

    boolean isOutOfPatience() {
        int patience = task.config().patience();
        return patience > 0 && progress.evaluationsSinceBest() >= patience;
    }

    /** The rows of the next step, cut into micro-batches. */
    List<List<Example>> nextRows() {
        long epoch = progress.step() / stepsPerEpoch;
        return rows(progress.step() % stepsPerEpoch, order(epoch));
    }

    /** Every micro-batch of the first epoch. */
    List<List<Example>> firstEpoch() {
        ShuffledOrder order = order(0);
        List<List<Example>> pieces = new ArrayList<>();
        for (long step = 0; step < stepsPerEpoch; step++) {
            pieces.addAll(rows(step, order));
        }
        return pieces;
    }

    private ShuffledOrder order(long epoch) {
        return ShuffledOrder.of(task.training().size(), task.config().seed(), epoch);
    }

    private List<List<Example>> rows(long stepOfEpoch, ShuffledOrder order) {
        int first = Math.toIntExact(stepOfEpoch * rowsPerStep());
        Dataset data = task.training();
        List<Example> rows = new ArrayList<>();
        for (int i = first; i < Math.min(data.size(), first + rowsPerStep()); i++) {
            rows.add(data.get(task.config().shuffle() ? order.row(i) : i));
        }
        return MicroBatch.cut(rows, task);
    }

    /** Whether some rows are taken more than once. */
    boolean repeatsRows() {
        return totalSteps > stepsPerEpoch;
    }

    /** Whether there is more than one evaluation, unless the run stops early. */
    boolean repeatsEvaluation() {
        return task.validation().isPresent()
                && totalSteps > period(task.config().evaluationSteps());
    }

    /** What is kept of the frozen blocks' work; empty where nothing is. */
    Optional<RunPrefix> prefix() {
        return prefix;
    }

    /** Takes what is kept of the frozen blocks' work. */
    void keep(RunPrefix kept) {
        prefix = Optional.of(kept);
    }

    double learningRate() {
        TrainingConfig config = task.config();
        return config.learningRate() * config.schedule().factor(progress.step(), warmup, totalSteps);
    }

    double epoch() {
        return (double) progress.step() / stepsPerEpoch;
    }

    OptionalLong dropoutKey(int microBatch) {
        long step = DropoutStream.mix(task.config().seed() ^ DropoutStream.mix(progress.step()));
        return OptionalLong.of(DropoutStream.mix(step ^ microBatch));
    }

    /** Takes the optimizer's step and moves on. */
    void update(Gradients gradients, double learningRate) {
        optimizer.step(gradients.byName(), learningRate);
        task.adapter().refresh();
        progress = new Progress(
                progress.step() + 1, progress.bestLoss(), progress.bestStep(), progress.evaluationsSinceBest());
    }

    void stepped(StepRecord record) {
        records.add(record);
    }

    /** Notes an evaluation and remembers the adapter's values if it is the best so far. */
    EvaluationRecord evaluated(Validation.Score score) {
        boolean isBest = score.loss() < progress.bestLoss();
        EvaluationRecord record = new EvaluationRecord(progress.step(), score.loss(), score.accuracy(), isBest);
        evaluations.add(record);
        if (isBest) {
            keepBest();
        }
        progress = isBest
                ? new Progress(progress.step(), score.loss(), progress.step(), 0)
                : new Progress(
                        progress.step(), progress.bestLoss(), progress.bestStep(), progress.evaluationsSinceBest() + 1);
        return record;
    }

    boolean isEvaluationDue() {
        return task.validation().isPresent() && isDue(task.config().evaluationSteps());
    }

    boolean isSaveDue() {
        return task.output().isPresent() && isDue(task.config().saveSteps());
    }

    private boolean isDue(int every) {
        return progress.step() % period(every) == 0 || isDone();
    }

    private long period(int every) {
        return every > 0 ? every : stepsPerEpoch;
    }

    /** Remembers the adapter's values as the best so far. */
    private void keepBest() {
        bestValues.close();
        bestValues = Scope.shared();
        best.clear();
        try (Scope copying = Scope.open()) {
            parameters.forEach((name, tensor) -> best.put(name, bestValues.keep(tensor.copy())));
        }
    }

    /** Gives the adapter the values remembered as the best; false if none are. */
    boolean restoreBest() {
        best.forEach(
                (name, tensor) -> Objects.requireNonNull(parameters.get(name)).copyFrom(tensor));
        task.adapter().refresh();
        return !best.isEmpty();
    }

    TrainingReport report(TrainingReport.StopReason stop, double seconds) {
        OptionalLong best =
                Double.isInfinite(progress.bestLoss()) ? OptionalLong.empty() : OptionalLong.of(progress.bestStep());
        return new TrainingReport(
                task.name(), stop, records, evaluations, best, task.adapter().parameters(), seconds);
    }

    @Override
    public void close() {
        bestValues.close();
        optimizer.close();
        prefix.ifPresent(RunPrefix::close);
    }
}
