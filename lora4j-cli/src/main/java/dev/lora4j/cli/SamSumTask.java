package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.tasks.SamSum;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import java.nio.file.Path;
import java.util.List;

/** Chats in a sentence or two. */
record SamSumTask() implements TextTask {
    @Override
    public String title() {
        return "SAMSum";
    }

    @Override
    public List<String> scores() {
        return TextTask.names(SamSum.metrics());
    }

    @Override
    public List<String> columns() {
        return scores();
    }

    @Override
    public Path trainingFile(Path data) {
        return SamSum.trainingFile(data);
    }

    @Override
    public Path validationFile(Path data) {
        return SamSum.validationFile(data);
    }

    @Override
    public Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return SamSum.rows(file, tokenizer, encoder, badRows);
    }

    @Override
    public List<TextPrompt> test(Path data) {
        return SamSum.test(data);
    }

    @Override
    public TaskScores score(Path data, List<TextPrompt> prompts, List<String> answers) {
        return TaskScores.of(SamSum.metrics(), TextTask.segments(prompts, answers));
    }
}
