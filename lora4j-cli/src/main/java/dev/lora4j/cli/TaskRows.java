package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tasks.GlueRows;
import dev.lora4j.tasks.GlueTask;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The rows of an experiment's tasks, read and made tokens once for all cells that see the same. Borrows a tokenizer. */
final class TaskRows {
    private final ExperimentFile file;
    private final Optional<Path> root;
    private final Tokenizer tokenizer;
    private final int maxPositions;
    private final Console console;
    private final Map<Kind, Both> read = new HashMap<>();

    /** What decides how a task's rows look. */
    private record Kind(GlueTask task, EncodingSettings encoding, RowPolicy badRows) {}

    /** The rows to learn from and those to measure on. */
    record Both(Dataset training, GlueRows development) {}

    /**
     * None read yet.
     *
     * @param root the folder of all tasks that have none of their own
     */
    TaskRows(ExperimentFile file, Optional<Path> root, ModelFiles files, Tokenizer tokenizer, Console console) {
        this.file = file;
        this.root = root;
        this.tokenizer = tokenizer;
        this.console = console;
        try (LanguageModel outline = LanguageModel.outline(files, ModelTask.SEQ_CLS)) {
            this.maxPositions = outline.maxPositions();
        }
    }

    /** The rows of a cell. */
    Both of(ExperimentCell cell) {
        EncodingSettings encoding = cell.options().encoding(maxPositions);
        Kind kind = new Kind(cell.task().glue(), encoding, cell.options().badRows());
        return read.computeIfAbsent(kind, each -> read(each, cell.task()));
    }

    private Both read(Kind kind, ExperimentTask task) {
        Path data = task.data()
                .or(() -> root)
                .orElseThrow(() -> new IllegalArgumentException(
                        "task " + kind.task().key() + " has no data; give --data, or data in the file"));
        ExampleEncoder encoder = kind.task().encoder(tokenizer, kind.encoding());
        Path trainingFile = kind.task().trainingFile(data);
        Dataset training = Dataset.read(trainingFile, kind.task().columns(), encoder, kind.badRows());
        Rows.tell(console, trainingFile, training.report());
        GlueRows development = GlueRows.development(kind.task(), data, encoder, kind.badRows());
        Rows.tellAll(console, data, development);
        return new Both(
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
        Both rows = of(cell);
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("model", model);
        identity.put("train-rows", Integer.toString(rows.training().size()));
        identity.put("train-digest", rows.training().digest());
        identity.put("dev-rows", Integer.toString(rows.development().size()));
        rows.development()
                .parts()
                .forEach((part, each) ->
                        identity.put(part.isEmpty() ? "dev-digest" : "dev-digest-" + part, each.digest()));
        identity.putAll(cell.settings());
        return identity;
    }
}
