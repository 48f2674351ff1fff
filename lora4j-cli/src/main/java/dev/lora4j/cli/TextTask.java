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
import dev.lora4j.tasks.SqlScores;
import dev.lora4j.tasks.TaskScores;
import dev.lora4j.tasks.TextPrompt;
import dev.lora4j.tasks.WikiSql;
import dev.lora4j.tasks.WikiSqlExample;
import dev.lora4j.tasks.WikiSqlRows;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** A task whose answers are texts, scored against what people wrote. */
enum TextTask {
    /** Restaurants in words, scored against several references. */
    E2E("E2E"),
    /** Questions about tables as queries, scored by their parts and results. */
    WIKISQL("WikiSQL");

    private final String title;

    TextTask(String title) {
        this.title = title;
    }

    /** How users name the tasks. */
    static List<String> keys() {
        return Arrays.stream(values()).map(TextTask::key).toList();
    }

    /** How users name it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How papers name it. */
    String title() {
        return title;
    }

    /** The file to learn from, in the task's folder or the one around it. */
    Path trainingFile(Path folder) {
        return switch (this) {
            case E2E -> E2e.trainingFile(folder);
            case WIKISQL -> WikiSql.trainingFile(folder);
        };
    }

    /** The file to measure the loss on while training. */
    Path validationFile(Path folder) {
        return switch (this) {
            case E2E -> E2e.validationFile(folder);
            case WIKISQL -> WikiSql.validationFile(folder);
        };
    }

    /** Rows to learn from. */
    Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy badRows) {
        return switch (this) {
            case E2E -> E2e.rows(file, tokenizer, encoder, badRows);
            case WIKISQL -> WikiSql.rows(file, tokenizer, encoder, badRows);
        };
    }

    /** The inputs that a model is asked, with all that people wrote for each in the form that it has learned. */
    List<TextPrompt> test(Path folder) {
        return switch (this) {
            case E2E -> E2e.testOfLines(folder);
            case WIKISQL -> WikiSql.read(WikiSql.testFile(folder)).prompts();
        };
    }

    /**
     * The scores of answers.
     *
     * @param folder with the task's test file
     * @param prompts some of the test's
     * @param answers one of each prompt
     */
    TaskScores score(Path folder, List<TextPrompt> prompts, List<String> answers) {
        return switch (this) {
            case E2E ->
                E2e.score(IntStream.range(0, prompts.size())
                        .mapToObj(i -> prompts.get(i).answeredBy(answers.get(i)))
                        .toList());
            case WIKISQL -> queries(WikiSql.read(WikiSql.testFile(folder)), prompts, answers);
        };
    }

    private static TaskScores queries(WikiSqlRows rows, List<TextPrompt> prompts, List<String> answers) {
        List<WikiSqlExample> examples = rows.of(prompts);
        if (rows.tables().isEmpty()) {
            return SqlScores.of(examples, answers, Optional.empty());
        }
        try (SqliteTables tables = SqliteTables.of(rows)) {
            return SqlScores.of(examples, answers, Optional.of(tables));
        }
    }

    /** The names of all scores, the headline first. */
    List<String> scores() {
        return switch (this) {
            case E2E -> E2e.metrics().stream().map(TextMetric::name).toList();
            case WIKISQL -> SqlScores.names();
        };
    }

    /** The scores that stand beside each other in a table, of E2E in the order of the LoRA paper's table 3. */
    List<String> columns() {
        return switch (this) {
            case E2E ->
                List.of(
                        Bleu.mteval().name(),
                        new Nist().name(),
                        new Meteor().name(),
                        new CaptionRougeL().name(),
                        new Cider().name());
            case WIKISQL -> List.of(SqlScores.LOGICAL_FORM, SqlScores.EXECUTION);
        };
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
        List<TextPrompt> prompts = this == E2E ? E2e.test(folder) : test(folder);
        List<String> texts =
                Answers.read(answers, prompts).stream().map(Segment::candidate).toList();
        return facts(folder, prompts, texts);
    }

    /** The scores of answers as facts; parameters as of {@link #score(Path, List, List)}. */
    Facts facts(Path folder, List<TextPrompt> prompts, List<String> answers) {
        Facts facts = new Facts().count("texts", prompts.size());
        if (this == E2E) {
            facts.count(
                    "references",
                    prompts.stream().mapToLong(each -> each.references().size()).sum());
        }
        score(folder, prompts, answers).values().forEach(facts::number);
        return facts;
    }
}
