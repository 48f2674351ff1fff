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
import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.evaluation.text.TextMetric;
import dev.lora4j.tasks.Answers;
import dev.lora4j.tasks.E2e;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A task whose answers are texts, scored against several references. */
enum TextTask {
    E2E;

    /** How users name the tasks. */
    static List<String> keys() {
        return Arrays.stream(values()).map(TextTask::key).toList();
    }

    /** How users name it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The file to learn from, in the task's folder or the one around it. */
    Path trainingFile(Path folder) {
        return E2e.trainingFile(folder);
    }

    /** The file to measure the loss on while training. */
    Path validationFile(Path folder) {
        return E2e.validationFile(folder);
    }

    /** Rows to learn from. */
    Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return E2e.rows(file, tokenizer, encoder, badRows);
    }

    /** The inputs that a model is asked, with all that people wrote for each in the form that it has learned. */
    List<TextPrompt> test(Path folder) {
        return E2e.testOfLines(folder);
    }

    /** The scores of answers. */
    TaskScores score(List<Segment> segments) {
        return E2e.score(segments);
    }

    /** The names of all scores, the headline first. */
    List<String> scores() {
        return E2e.metrics().stream().map(TextMetric::name).toList();
    }

    /** The scores that the LoRA paper's table 3 shows, in its order. */
    List<String> columns() {
        return List.of(
                Bleu.mteval().name(),
                new Nist().name(),
                new Meteor().name(),
                new CaptionRougeL().name(),
                new Cider().name());
    }

    /** A score as papers write it: NIST and CIDEr as they are, the others times 100. */
    static String shown(String metric, double value) {
        boolean asItIs = metric.equals(new Nist().name()) || metric.equals(new Cider().name());
        return String.format(Locale.ROOT, asItIs ? "%.2f" : "%.1f", asItIs ? value : 100 * value);
    }

    /**
     * The task's scores of a file of answers.
     *
     * @param folder with the task's test file
     */
    Facts score(Path folder, Path answers) {
        return facts(Answers.read(answers, E2e.test(folder)));
    }

    /** The scores of answers as facts. */
    Facts facts(List<Segment> segments) {
        Facts facts = new Facts().count("texts", segments.size());
        facts.count(
                "references",
                segments.stream().mapToLong(each -> each.references().size()).sum());
        score(segments).values().forEach(facts::number);
        return facts;
    }
}
