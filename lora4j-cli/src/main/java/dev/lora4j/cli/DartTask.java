package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.tasks.Dart;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import java.nio.file.Path;
import java.util.List;

/** Facts of many sources in words, scored against several references. */
record DartTask() implements TextTask {
    @Override
    public String title() {
        return "DART";
    }

    @Override
    public List<String> scores() {
        return TextTask.names(Dart.metrics());
    }

    @Override
    public List<String> columns() {
        return scores();
    }

    @Override
    public Path trainingFile(Path data) {
        return Dart.trainingFile(data);
    }

    @Override
    public Path validationFile(Path data) {
        return Dart.validationFile(data);
    }

    @Override
    public Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return Dart.rows(file, tokenizer, encoder, badRows);
    }

    @Override
    public List<TextPrompt> test(Path data) {
        return Dart.test(data);
    }

    @Override
    public TaskScores score(Path data, List<TextPrompt> prompts, List<String> answers) {
        return TaskScores.of(Dart.metrics(), TextTask.segments(prompts, answers));
    }
}
