package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The rows of an experiment's tasks, read and made tokens once for all cells that see the same. Borrows a tokenizer. */
final class TaskRows {
    private final ExperimentFile file;
    private final Optional<Path> root;
    private final Tokenizer tokenizer;
    private final ModelFiles files;
    private final Console console;
    private final Map<ModelTask, Integer> maxPositions = new EnumMap<>(ModelTask.class);
    private final Map<Kind, MeasuredRows.Both> read = new HashMap<>();

    /** What decides how a task's rows look. */
    private record Kind(PublishedTask task, EncodingSettings encoding, RowPolicy badRows) {}

    /**
     * None read yet.
     *
     * @param root the folder of all tasks that have none of their own
     */
    TaskRows(ExperimentFile file, Optional<Path> root, ModelFiles files, Tokenizer tokenizer, Console console) {
        this.file = file;
        this.root = root;
        this.files = files;
        this.tokenizer = tokenizer;
        this.console = console;
    }

    /** The rows of a cell. */
    MeasuredRows.Both of(ExperimentCell cell) {
        EncodingSettings encoding =
                cell.options().encoding(maxPositions(cell.task().modelTask()));
        Kind kind = new Kind(cell.task().published(), encoding, cell.options().badRows());
        return read.computeIfAbsent(kind, each -> read(each, cell.task()));
    }

    private int maxPositions(ModelTask task) {
        return maxPositions.computeIfAbsent(task, each -> {
            try (LanguageModel outline = LanguageModel.outline(files, each)) {
                return outline.maxPositions();
            }
        });
    }

    private MeasuredRows.Both read(Kind kind, ExperimentTask task) {
        Path data = task.data()
                .or(() -> root)
                .orElseThrow(() -> new IllegalArgumentException(
                        "task " + task.key() + " has no data; give --data, or data in the file"));
        PublishedTask published = kind.task();
        ExampleEncoder encoder = published.encoder(tokenizer, kind.encoding());
        Path trainingFile = published.trainingFile(data);
        Dataset training = published.rows(trainingFile, tokenizer, encoder, kind.badRows());
        Rows.tell(console, trainingFile, training.report());
        MeasuredRows development = published.measured(data, tokenizer, kind.encoding(), kind.badRows());
        development.tell(console);
        return new MeasuredRows.Both(
                task.trainRows().isPresent() ? training.sample(task.trainRows().getAsInt(), file.dataSeed()) : training,
                task.devRows().isPresent()
                        ? development.sample(task.devRows().getAsInt(), file.dataSeed())
                        : development);
    }

    /**
     * What a cell is made from; a change of the file that changes none of this changes nothing of the cell.
     *
     * @param model what the base is called
     */
    Map<String, String> identity(ExperimentCell cell, String model) {
        MeasuredRows.Both rows = of(cell);
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("model", model);
        identity.put("train-rows", Integer.toString(rows.training().size()));
        identity.put("train-digest", rows.training().digest());
        identity.put("dev-rows", Integer.toString(rows.development().size()));
        identity.putAll(rows.development().digests());
        identity.putAll(cell.settings());
        return identity;
    }
}
