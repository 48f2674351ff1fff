package dev.lora4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.DataReport;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads data files for one model and task; borrows both. */
final class Rows {
    private final RowPolicy badRows;
    private final ExampleEncoder encoder;
    private final Optional<LabelSet> labels;
    private final Function<Path, Dataset> reader;

    private Rows(DataOptions options, ExampleEncoder encoder, Optional<LabelSet> labels) {
        this.badRows = options.badRows();
        this.encoder = encoder;
        this.labels = labels;
        this.reader = file -> Dataset.read(file, options.columns(), encoder, badRows);
    }

    private Rows(Rows others, Function<Path, Dataset> reader) {
        this.badRows = others.badRows;
        this.encoder = others.encoder;
        this.labels = others.labels;
        this.reader = reader;
    }

    /**
     * Rows for a task.
     *
     * @param labelNames of a classifier; not looked at for other tasks
     */
    static Rows of(
            DataOptions options,
            DataTask task,
            LanguageModel model,
            Tokenizer tokenizer,
            Optional<LabelSet> labelNames) {
        EncodingSettings settings = options.encoding(model.maxPositions());
        return switch (task) {
            case CAUSAL -> new Rows(options, ExampleEncoder.causal(tokenizer, settings), Optional.empty());
            case REGRESSION -> new Rows(options, ExampleEncoder.regression(tokenizer, settings), Optional.empty());
            case CLASSIFICATION ->
                new Rows(
                        options,
                        ExampleEncoder.classification(tokenizer, labelNames.orElseThrow(), settings),
                        labelNames);
        };
    }

    /** The same in the form of a published task, where one is named. */
    static Rows of(
            DataOptions options,
            NamedTask task,
            LanguageModel model,
            Tokenizer tokenizer,
            Optional<LabelSet> labelNames) {
        Rows rows = of(options, task.kind(), model, tokenizer, labelNames);
        return task.published()
                .map(published -> new Rows(rows, file -> published.rows(file, tokenizer, rows.encoder, rows.badRows)))
                .orElse(rows);
    }

    /** The labels in a file, for a classifier that has none yet. */
    static Optional<LabelSet> labels(DataOptions options, DataTask task, Path file) {
        return task == DataTask.CLASSIFICATION
                ? Optional.of(LabelSet.read(file, options.columns(), options.badRows()))
                : Optional.empty();
    }

    /** The same; a published task has its own, in the official order, or none. */
    static Optional<LabelSet> labels(DataOptions options, NamedTask task, Path file) {
        return task.published().isPresent() ? task.published().get().labels() : labels(options, task.kind(), file);
    }

    /** The labels that an adapter knows, or else those of a model's configuration. */
    static Optional<LabelSet> labels(Optional<Adapter> adapter, LanguageModel model) {
        List<String> own = adapter.map(Adapter::labels).orElse(List.of());
        if (!own.isEmpty()) {
            return Optional.of(new LabelSet(own));
        }
        List<String> names = model.config()
                .path("id2label")
                .valueStream()
                .map(JsonNode::asText)
                .toList();
        return names.size() > 1 ? Optional.of(new LabelSet(names)) : Optional.empty();
    }

    Optional<LabelSet> labels() {
        return labels;
    }

    Dataset read(Path file) {
        return reader.apply(file);
    }

    /** Says on the side what of a file was not used. */
    static void tell(Console console, Path file, DataReport report) {
        if (report.bad() + report.tooLong() + report.truncated() > 0) {
            console.message(file + ": " + report.used() + " of " + report.read() + " rows are used, " + report.bad()
                    + " are bad, " + report.tooLong() + " too long, " + report.truncated() + " truncated");
            report.problems().forEach(problem -> console.message("  " + problem));
        }
    }
}
