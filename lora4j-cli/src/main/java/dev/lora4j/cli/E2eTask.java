package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.Bleu;
import dev.lora4j.evaluation.text.CaptionRougeL;
import dev.lora4j.evaluation.text.Cider;
import dev.lora4j.evaluation.text.Meteor;
import dev.lora4j.evaluation.text.Nist;
import dev.lora4j.tasks.E2e;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Restaurants in words, scored against several references. */
record E2eTask() implements TextTask {
    @Override
    public String title() {
        return "E2E";
    }

    @Override
    public List<String> scores() {
        return TextTask.names(E2e.metrics());
    }

    /** In the order of the LoRA paper's table 3. */
    @Override
    public List<String> columns() {
        return TextTask.names(List.of(Bleu.mteval(), new Nist(), new Meteor(), new CaptionRougeL(), new Cider()));
    }

    /** NIST and CIDEr as they are, the others times 100. */
    @Override
    public String shown(String metric, double value) {
        boolean asItIs = metric.equals(new Nist().name()) || metric.equals(new Cider().name());
        return asItIs ? String.format(Locale.ROOT, "%.2f", value) : TextTask.super.shown(metric, value);
    }

    @Override
    public Path trainingFile(Path data) {
        return E2e.trainingFile(data);
    }

    @Override
    public Path validationFile(Path data) {
        return E2e.validationFile(data);
    }

    @Override
    public Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return E2e.rows(file, tokenizer, encoder, badRows);
    }

    @Override
    public List<TextPrompt> test(Path data) {
        return E2e.testOfLines(data);
    }

    @Override
    public List<TextPrompt> published(Path data) {
        return E2e.test(data);
    }

    @Override
    public TaskScores score(Path data, List<TextPrompt> prompts, List<String> answers) {
        return E2e.score(TextTask.segments(prompts, answers));
    }
}
