package dev.lora4j.training;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Trains one or many adapters at once over one frozen base.
 *
 * <p>Rows → batch → loss → backward → optimizer, once, for all; everything else listens. Each adapter has its own data,
 * loss, optimizer, schedule, stop and output, and ends independently; training it beside others computes what training
 * it alone does, up to rounding.
 *
 * <p>Deterministic: the same seed, machine and thread count give the same bytes. {@link #requestStop} may be called from
 * any thread; everything else is confined to one.
 */
public final class Trainer {
    private final LanguageModel model;
    private final List<TrainingTask> tasks;
    private final Pace pace;
    private volatile boolean stopRequested;

    private Trainer(LanguageModel model, List<TrainingTask> tasks, Pace pace) {
        this.model = model;
        this.tasks = List.copyOf(tasks);
        this.pace = pace;
    }

    /** The same of these. */
    public static Trainer of(LanguageModel model, TrainingTask... tasks) {
        return of(model, List.of(tasks));
    }

    /**
     * A trainer of these adapters; the model is only read, but for {@linkplain Adapter#full full fine-tuning}.
     *
     * @throws TrainingException if there is none, or full fine-tuning is not alone
     */
    public static Trainer of(LanguageModel model, List<TrainingTask> tasks) {
        if (tasks.isEmpty()) {
            throw new TrainingException("there is no adapter to train");
        }
        if (tasks.size() > 1 && tasks.stream().anyMatch(task -> task.adapter().isFull())) {
            throw new TrainingException("full fine-tuning changes the base under all others; train it by itself");
        }
        return new Trainer(model, tasks, Pace.FULL);
    }

    /** The same at another pace; what it computes is the same. */
    public Trainer pacedBy(Pace other) {
        return new Trainer(model, tasks, other);
    }

    /** Asks the run to stop after the step it is in, with a checkpoint. */
    public void requestStop() {
        stopRequested = true;
    }

    /** Trains to the end and tells nobody on the way. */
    public List<TrainingReport> train() {
        return train(TrainingListener.NONE);
    }

    /**
     * Trains to the end.
     *
     * @return a report per task, in their order; the adapters have the values of their best evaluation, or of the last
     *     step where there is no validation
     * @throws Lora4jException if a loss is not finite, a file cannot be written, or a checkpoint does not fit its task; a
     *     run that fails on the way lets the others end first
     */
    public List<TrainingReport> train(TrainingListener listener) {
        long begin = System.nanoTime();
        List<TrainingRun> runs = new ArrayList<>();
        try {
            for (TrainingTask task : tasks) {
                TrainingRun run = new TrainingRun(task);
                runs.add(run);
                resume(run);
                listener.started(task, run.progress().step(), run.totalSteps());
            }
            PrefixPlan.apply(model, runs, pace);
            return loop(runs, listener, begin);
        } finally {
            runs.forEach(TrainingRun::close);
        }
    }

    private void resume(TrainingRun run) {
        if (run.task().resume()) {
            checkpoints(run).flatMap(CheckpointStore::newest).ifPresent(checkpoint -> checkpoint.restore(run, model));
        }
    }

    private Optional<CheckpointStore> checkpoints(TrainingRun run) {
        return run.task().output().map(CheckpointStore::of);
    }

    private List<TrainingReport> loop(List<TrainingRun> runs, TrainingListener listener, long begin) {
        Map<TrainingRun, TrainingReport> reports = new LinkedHashMap<>();
        Map<TrainingRun, Lora4jException> failures = new LinkedHashMap<>();
        TrainingStep step = new TrainingStep(model, pace);
        List<TrainingRun> active = new ArrayList<>(runs);
        while (!active.isEmpty()) {
            for (TrainingRun run : List.copyOf(active)) {
                Optional<TrainingReport.StopReason> stop = stopReason(run);
                if (stop.isPresent()) {
                    active.remove(run);
                    attempt(run, failures, () -> reports.put(run, end(run, stop.get(), listener, begin)));
                }
            }
            if (!active.isEmpty()) {
                TrainingStep.Outcome outcome = step.run(active);
                failures.putAll(outcome.failures());
                outcome.records()
                        .forEach((run, record) -> attempt(run, failures, () -> afterStep(run, record, listener)));
            }
            tellFailures(active, failures, listener);
        }
        throwFirst(failures.values());
        return runs.stream()
                .map(run -> Objects.requireNonNull(reports.get(run)))
                .toList();
    }

    /** What goes wrong for one run, such as a full disk, ends that run and no other. */
    private static void attempt(TrainingRun run, Map<TrainingRun, Lora4jException> failures, Runnable work) {
        try {
            work.run();
        } catch (Lora4jException e) {
            failures.put(run, e);
        }
    }

    private static void tellFailures(
            List<TrainingRun> active, Map<TrainingRun, Lora4jException> failures, TrainingListener listener) {
        failures.forEach((run, cause) -> {
            if (active.remove(run)) {
                listener.failed(run.task(), cause);
            }
        });
    }

    private static void throwFirst(Collection<Lora4jException> failures) {
        Iterator<Lora4jException> all = failures.iterator();
        if (all.hasNext()) {
            Lora4jException first = all.next();
            all.forEachRemaining(first::addSuppressed);
            throw first;
        }
    }

    private Optional<TrainingReport.StopReason> stopReason(TrainingRun run) {
        if (run.isDone()) {
            return Optional.of(TrainingReport.StopReason.COMPLETED);
        }
        if (run.isOutOfPatience()) {
            return Optional.of(TrainingReport.StopReason.EARLY_STOP);
        }
        return stopRequested ? Optional.of(TrainingReport.StopReason.INTERRUPTED) : Optional.empty();
    }

    private void afterStep(TrainingRun run, StepRecord record, TrainingListener listener) {
        listener.stepped(run.task(), record);
        boolean best = false;
        if (run.isEvaluationDue()) {
            Validation.Score score = Validation.of(
                    model,
                    run.task(),
                    run.task().validation().orElseThrow(),
                    run.prefix().map(RunPrefix::validation),
                    pace);
            EvaluationRecord evaluation = run.evaluated(score);
            best = evaluation.best();
            listener.evaluated(run.task(), evaluation);
        }
        if (run.isSaveDue() || (best && run.task().output().isPresent())) {
            save(run, listener);
        }
    }

    private void save(TrainingRun run, TrainingListener listener) {
        checkpoints(run).ifPresent(store -> listener.saved(run.task(), store.save(run, model)));
    }

    private TrainingReport end(TrainingRun run, TrainingReport.StopReason stop, TrainingListener listener, long begin) {
        if (stop == TrainingReport.StopReason.INTERRUPTED) {
            save(run, listener);
        } else {
            restoreBest(run);
        }
        TrainingReport report = run.report(stop, (System.nanoTime() - begin) / 1e9);
        listener.finished(run.task(), report);
        return report;
    }

    /** Gives the adapter the values of its best evaluation, if that was not the last step. */
    private void restoreBest(TrainingRun run) {
        long best = run.progress().bestStep();
        if (run.task().validation().isPresent() && best != run.progress().step() && !run.restoreBest()) {
            checkpoints(run).flatMap(store -> store.at(best)).ifPresent(checkpoint -> checkpoint.restoreAdapter(run));
        }
    }
}
