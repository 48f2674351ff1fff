package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.tasks.GlueRows;
import dev.lora4j.tasks.GlueTask;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A task of GLUE, measured on its development files. */
record GlueFolder(GlueTask task) implements PublishedTask {
    @Override
    public String title() {
        return task.title();
    }

    @Override
    public DataTask kind() {
        return labels().isPresent() ? DataTask.CLASSIFICATION : DataTask.REGRESSION;
    }

    @Override
    public Optional<LabelSet> labels() {
        return task.labels();
    }

    @Override
    public List<String> scores() {
        return task.scores();
    }

    @Override
    public List<String> columns() {
        return List.of();
    }

    @Override
    public Path trainingFile(Path data) {
        return task.trainingFile(data);
    }

    /** Of MNLI's two the matched one. */
    @Override
    public Path validationFile(Path data) {
        return task.developmentFiles(data).values().iterator().next();
    }

    @Override
    public ExampleEncoder encoder(Tokenizer tokenizer, EncodingSettings settings) {
        return task.encoder(tokenizer, settings);
    }

    @Override
    public Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return Dataset.read(file, task.columns(), encoder, badRows);
    }

    @Override
    public MeasuredRows measured(Path data, Tokenizer tokenizer, EncodingSettings settings, RowPolicy badRows) {
        return new MeasuredRows.OfGlue(GlueRows.development(task, data, encoder(tokenizer, settings), badRows), data);
    }
}
