package dev.lora4j.cli;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tasks.TaskScores;
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

/**
 * Trains the cells of an experiment that are not there yet, several side by side on one base where none changes it.
 *
 * <p>A cell is written as soon as those beside it have ended; one that was stopped on the way begins anew. One that
 * fails stops no other. Confined to one
 * thread.
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
            return beside(missing, files, rows) && alone(missing, files, rows);
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

    private boolean beside(List<ExperimentCell> missing, ModelFiles files, TaskRows rows) {
        List<ExperimentCell> shared =
                missing.stream().filter(cell -> !cell.changesTheBase()).toList();
        if (shared.isEmpty()) {
            return true;
        }
        try (LanguageModel base = LanguageModel.load(files, ModelTask.SEQ_CLS, device)) {
            for (int from = 0; from < shared.size(); from += file.atOnce()) {
                if (!train(shared.subList(from, Math.min(shared.size(), from + file.atOnce())), base, rows)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean alone(List<ExperimentCell> missing, ModelFiles files, TaskRows rows) {
        for (ExperimentCell cell : missing) {
            if (cell.changesTheBase()) {
                try (LanguageModel base = LanguageModel.load(files, ModelTask.SEQ_CLS, device)) {
                    if (!train(List.of(cell), base, rows)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private boolean train(List<ExperimentCell> together, LanguageModel base, TaskRows rows) {
        console.message("training " + (results.size() + 1) + " to " + (results.size() + together.size()) + " of "
                + cells.size() + ": "
                + String.join(", ", together.stream().map(ExperimentCell::name).toList()));
        List<TrainingTask> tasks = new ArrayList<>();
        try {
            for (ExperimentCell cell : together) {
                Adapter adapter =
                        cell.options().adapter(NamedTask.of(cell.task().glue())).over(base);
                tasks.add(TrainingTask.of(
                        cell.name(),
                        adapter,
                        rows.of(cell).training(),
                        cell.options().training()));
            }
            Map<TrainingTask, TrainingReport> reports = train(base, tasks);
            for (int i = 0; i < together.size(); i++) {
                TrainingReport report = reports.get(tasks.get(i));
                if (report != null && report.stop() == TrainingReport.StopReason.INTERRUPTED) {
                    return false;
                }
                if (report != null) {
                    keep(new Trained(together.get(i), tasks.get(i).adapter(), report, together.size()), base, rows);
                }
            }
            return true;
        } finally {
            tasks.forEach(task -> task.adapter().close());
        }
    }

    /** A cell whose training has ended, with how many were trained at once. */
    private record Trained(ExperimentCell cell, Adapter adapter, TrainingReport report, int sideBySide) {}

    /** The reports of those that came to their end; what ended the others is kept as a failure. */
    private Map<TrainingTask, TrainingReport> train(LanguageModel base, List<TrainingTask> tasks) {
        Map<TrainingTask, TrainingReport> reports = new HashMap<>();
        TrainingListener ended = new TrainingListener() {
            @Override
            public void finished(TrainingTask task, TrainingReport report) {
                reports.put(task, report);
            }
        };
        Trainer trainer = Trainer.of(base, tasks);
        try (StopSignal signal = StopSignal.install(trainer::requestStop);
                TrainingProgress progress = new TrainingProgress(console)) {
            trainer.train(new TwoListeners(ended, progress));
        } catch (Lora4jException e) {
            failures.add(String.valueOf(e.getMessage()));
            console.message("failed: " + e.getMessage());
        }
        return reports;
    }

    private void keep(Trained trained, LanguageModel base, TaskRows rows) {
        ExperimentCell cell = trained.cell();
        Adapter adapter = trained.adapter();
        TrainingReport report = trained.report();
        TaskScores scores = rows.of(cell).development().score(base, Optional.of(adapter));
        long head = headParameters(adapter, base);
        CellResult result = new CellResult(
                rows.identity(cell, model),
                scores.values(),
                adapter.parameters() - head,
                head,
                adapter.bytes(),
                report.seconds() / trained.sideBySide(),
                trained.sideBySide(),
                report.tokens(),
                report.peakMemoryBytes(),
                thinned(report.steps()));
        Map<String, FileContent> kept = file.keepAdapters() && !adapter.isFull()
                ? AdapterFolder.files(adapter, ModelOption.baseName(model))
                : Map.of();
        store.write(cell, result, kept);
        results.put(cell, result);
        console.message(cell.name() + ": " + cell.task().metric() + " "
                + Amounts.number(result.score(cell.task().metric())));
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
