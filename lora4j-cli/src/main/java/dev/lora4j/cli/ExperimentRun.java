package dev.lora4j.cli;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains the cells of an experiment that are not there yet, several side by side on one base where none changes it.
 *
 * <p>A cell is written as soon as those beside it have ended; one that was stopped on the way begins anew. One that fails
 * stops no other. Confined to one thread, but for {@link #requestStop}.
 */
final class ExperimentRun {
    private static final int MOST_LOSSES = 100;

    private final ExperimentFile file;
    private final String model;
    private final Device device;
    private final CellStore store;
    private final Console console;
    private final List<ExperimentCell> cells;
    private final Map<ExperimentCell, CellResult> results = new HashMap<>();
    private final List<String> failures = new ArrayList<>();
    private volatile @Nullable Trainer current;
    private volatile boolean stopRequested;

    /**
     * Nothing done yet.
     *
     * @param model as the user calls it
     */
    ExperimentRun(ExperimentFile file, String model, Device device, CellStore store, Console console) {
        this.file = file;
        this.cells = file.cells();
        this.model = model;
        this.device = device;
        this.store = store;
        this.console = console;
    }

    /**
     * Does what is missing.
     *
     * @param root folder of the tasks that have none of their own
     * @return false if someone asked to stop
     */
    boolean finish(Optional<Path> root) {
        try (ModelFiles files = ModelOption.open(model);
                Tokenizer tokenizer = Tokenizer.of(files)) {
            TaskRows rows = new TaskRows(file, root, files, tokenizer, console);
            List<ExperimentCell> missing = new ArrayList<>();
            for (ExperimentCell cell : cells) {
                store.find(cell, rows.identity(cell, model))
                        .ifPresentOrElse(found -> results.put(cell, found), () -> missing.add(cell));
            }
            if (!results.isEmpty()) {
                console.message(results.size() + " of " + cells.size() + " trainings are there already");
            }
            for (ModelTask task : ModelTask.values()) { // the base is loaded for one of them
                List<ExperimentCell> some = missing.stream()
                        .filter(cell -> cell.task().modelTask() == task)
                        .toList();
                if (!beside(some, task, files, rows) || !alone(some, task, files, rows)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Asks for a stop after the step that is under way; may be called from any thread. */
    void requestStop() {
        stopRequested = true;
        Trainer trainer = current;
        if (trainer != null) {
            trainer.requestStop();
        }
    }

    /** What is done, in the order of the file. */
    Map<ExperimentCell, CellResult> results() {
        Map<ExperimentCell, CellResult> ordered = new LinkedHashMap<>();
        cells.forEach(cell -> Optional.ofNullable(results.get(cell)).ifPresent(result -> ordered.put(cell, result)));
        return ordered;
    }

    /** What ended trainings before their end, such as a loss that is no number. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    private boolean beside(List<ExperimentCell> missing, ModelTask task, ModelFiles files, TaskRows rows) {
        List<List<ExperimentCell>> groups = groups(missing);
        if (groups.isEmpty()) {
            return true;
        }
        try (LanguageModel base = LanguageModel.load(files, task, device)) {
            for (List<ExperimentCell> group : groups) {
                if (!train(group, base, rows)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Which cells are trained side by side: those that neither change the base nor are given a time. */
    private List<List<ExperimentCell>> groups(List<ExperimentCell> missing) {
        List<List<ExperimentCell>> groups = new ArrayList<>();
        List<ExperimentCell> shared = missing.stream()
                .filter(cell -> !cell.changesTheBase() && !cell.isTimed())
                .toList();
        for (int from = 0; from < shared.size(); from += file.atOnce()) {
            groups.add(shared.subList(from, Math.min(shared.size(), from + file.atOnce())));
        }
        missing.stream()
                .filter(cell -> !cell.changesTheBase() && cell.isTimed())
                .forEach(cell -> groups.add(List.of(cell)));
        return groups;
    }

    private boolean alone(List<ExperimentCell> missing, ModelTask task, ModelFiles files, TaskRows rows) {
        for (ExperimentCell cell : missing) {
            if (cell.changesTheBase()) {
                try (LanguageModel base = LanguageModel.load(files, task, device)) {
                    if (!train(List.of(cell), base, rows)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private boolean train(List<ExperimentCell> together, LanguageModel base, TaskRows rows) {
        if (stopRequested) {
            return false;
        }
        console.message("training " + (results.size() + 1) + " to " + (results.size() + together.size()) + " of "
                + cells.size() + ": "
                + String.join(", ", together.stream().map(ExperimentCell::name).toList()));
        List<TrainingTask> tasks = new ArrayList<>();
        try {
            for (ExperimentCell cell : together) {
                Adapter adapter =
                        cell.options().adapter(cell.task().published()).over(base);
                tasks.add(TrainingTask.of(
                        cell.name(),
                        adapter,
                        rows.of(cell).training(),
                        cell.options().training()));
            }
            Ended ended = train(base, tasks, together.get(0).options().seconds());
            Map<TrainingTask, TrainingReport> reports = ended.reports();
            for (int i = 0; i < together.size(); i++) {
                TrainingReport report = reports.get(tasks.get(i));
                if (report != null && report.stop() == TrainingReport.StopReason.INTERRUPTED && !ended.byTime()) {
                    return false;
                }
                if (report != null) {
                    keep(new Trained(together.get(i), tasks.get(i), report, together.size()), base, rows);
                }
            }
            return true;
        } finally {
            tasks.forEach(task -> task.adapter().close());
        }
    }

    /** A cell whose training has ended, with how many were trained at once. */
    private record Trained(ExperimentCell cell, TrainingTask task, TrainingReport report, int sideBySide) {}

    /**
     * How trainings side by side have ended.
     *
     * @param reports of those that came to their end
     * @param byTime whether it was that of their budget
     */
    private record Ended(Map<TrainingTask, TrainingReport> reports, boolean byTime) {}

    /**
     * Trains; what ended those that came to no end is kept as a failure.
     *
     * @param seconds of all steps together; 0 for no limit
     */
    private Ended train(LanguageModel base, List<TrainingTask> tasks, double seconds) {
        Map<TrainingTask, TrainingReport> reports = new HashMap<>();
        TrainingListener ended = new TrainingListener() {
            @Override
            public void finished(TrainingTask task, TrainingReport report) {
                reports.put(task, report);
            }
        };
        Trainer trainer = Trainer.of(base, tasks);
        TimeBudget budget = new TimeBudget(seconds, trainer::requestStop);
        current = trainer;
        if (stopRequested) { // in between, so that nobody has told this one
            trainer.requestStop();
        }
        try (TrainingProgress progress = new TrainingProgress(console)) {
            trainer.train(new TwoListeners(budget, new TwoListeners(ended, progress)));
        } catch (Lora4jException e) {
            failures.add(String.valueOf(e.getMessage()));
            console.message("failed: " + e.getMessage());
        }
        return new Ended(reports, budget.isSpent());
    }

    private void keep(Trained trained, LanguageModel base, TaskRows rows) {
        ExperimentCell cell = trained.cell();
        Adapter adapter = trained.task().adapter();
        TrainingReport report = trained.report();
        MeasuredRows.Scored scored;
        try (ProgressLine progress = ProgressLine.of(console, ProgressLine.Unit.STEPS)) {
            scored = rows.of(cell)
                    .development()
                    .score(base, Optional.of(adapter), cell.options().answers(), progress);
        }
        long head = headParameters(adapter, base);
        CellResult result = new CellResult(
                rows.identity(cell, model),
                scored.scores().values(),
                adapter.parameters() - head,
                head,
                adapter.bytes(),
                report.seconds() / trained.sideBySide(),
                trained.sideBySide(),
                report.tokens(),
                report.steps().size(),
                rowsTaken(trained.task(), report.steps().size()),
                report.peakMemoryBytes(),
                thinned(report.steps()));
        Map<String, FileContent> kept = file.keepAdapters() && !adapter.isFull()
                ? AdapterFolder.files(adapter, ModelOption.baseName(model))
                : Map.of();
        store.write(cell, result, scored.answers(), kept);
        results.put(cell, result);
        console.message(cell.name() + ": " + cell.task().metric() + " "
                + Amounts.number(result.score(cell.task().metric())));
    }

    private static long rowsTaken(TrainingTask task, long steps) {
        long perStep = (long) task.config().batchSize() * task.config().gradientAccumulation();
        return rowsTaken(task.training().size(), perStep, steps);
    }

    /** Rows of so many steps; the last step of a pass over the data may have fewer than the others. */
    static long rowsTaken(long size, long perStep, long steps) {
        long perPass = (size + perStep - 1) / perStep;
        return steps / perPass * size + Math.min(size, steps % perPass * perStep);
    }

    private static long headParameters(Adapter adapter, LanguageModel base) {
        return base.headPlan().paths().stream()
                .flatMap(path -> adapter.savedLinear(path).stream())
                .mapToLong(layer -> layer.weight().elements()
                        + Optional.ofNullable(layer.bias())
                                .map(Tensor::elements)
                                .orElse(0L))
                .sum();
    }

    private static List<Double> thinned(List<StepRecord> steps) {
        int stride = Math.max(1, (steps.size() + MOST_LOSSES - 1) / MOST_LOSSES);
        return IntStream.range(0, steps.size())
                .filter(i -> (steps.size() - 1 - i) % stride == 0)
                .mapToObj(i -> steps.get(i).loss())
                .toList();
    }
}
