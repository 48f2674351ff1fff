package dev.lora4j.tasks;

import dev.lora4j.data.Columns;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.ClassificationScore;
import dev.lora4j.evaluation.RegressionScore;
import dev.lora4j.formats.FileAccessException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A task of GLUE (arXiv 1804.07461) in its original files: columns, labels and scores.
 *
 * <p>The files are tables with tabs whose quotes are chars like any other. Columns and the order of the labels are those of
 * Hugging Face's {@code nyu-mll/glue}. The headline is the score that the LoRA paper (arXiv 2106.09685, table 2) shows.
 */
public enum GlueTask {
    /** Is a sentence acceptable English? Its files have no header. */
    COLA(
            "CoLA",
            sentence().withHeader("source", "label", "mark", "sentence"),
            List.of("unacceptable", "acceptable"),
            List.of(Metric.MATTHEWS, Metric.ACCURACY)),
    /** Does a film's review praise it? */
    SST_2("SST-2", sentence(), List.of("negative", "positive"), List.of(Metric.ACCURACY)),
    /** Do two sentences of the news say the same? Microsoft's columns. */
    MRPC(
            "MRPC",
            pair("#1 String", "#2 String").withLabel("Quality"),
            List.of("not_equivalent", "equivalent"),
            List.of(Metric.ACCURACY, Metric.F1)),
    /** How alike are two sentences, from 0 to 5? */
    STS_B("STS-B", sentences().withLabel("score"), List.of(), List.of(Metric.PEARSON, Metric.SPEARMAN)),
    /** Do two questions ask the same? */
    QQP(
            "QQP",
            pair("question1", "question2").withLabel("is_duplicate"),
            List.of("not_duplicate", "duplicate"),
            List.of(Metric.ACCURACY, Metric.F1)),
    /** Does a sentence follow from another, matched or mismatched in kind of text? */
    MNLI(
            "MNLI",
            sentences().withLabel("gold_label"),
            List.of("entailment", "neutral", "contradiction"),
            List.of(Metric.ACCURACY)),
    /** Does a sentence answer a question? */
    QNLI("QNLI", pair("question", "sentence"), List.of("entailment", "not_entailment"), List.of(Metric.ACCURACY)),
    /** Does a sentence follow from another? */
    RTE("RTE", sentences(), List.of("entailment", "not_entailment"), List.of(Metric.ACCURACY)),
    /** Is a pronoun replaced by what it stands for? */
    WNLI("WNLI", sentences(), List.of("not_entailment", "entailment"), List.of(Metric.ACCURACY));

    private final String folder;
    private final Columns columns;
    private final List<String> labels;
    private final List<Metric> metrics;

    private enum Metric {
        ACCURACY,
        /** Of the second label: equivalent, duplicate. */
        F1,
        MATTHEWS,
        PEARSON,
        SPEARMAN;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    GlueTask(String folder, Columns columns, List<String> labels, List<Metric> metrics) {
        this.folder = folder;
        this.columns = columns;
        this.labels = labels;
        this.metrics = metrics;
    }

    private static Columns sentence() {
        return Columns.usual().withText("sentence");
    }

    private static Columns sentences() {
        return pair("sentence1", "sentence2");
    }

    private static Columns pair(String first, String second) {
        return Columns.usual().withText(first).withTextPair(second);
    }

    /** The name that users write: {@code cola}, {@code sst-2}. */
    public String key() {
        return folder.toLowerCase(Locale.ROOT);
    }

    /** The name that papers write, and that its folder has: {@code CoLA}. */
    public String title() {
        return folder;
    }

    /** The columns of its files. */
    public Columns columns() {
        return columns;
    }

    /** The labels in their official order; empty for STS-B, which asks for a number. */
    public Optional<LabelSet> labels() {
        return labels.isEmpty() ? Optional.empty() : Optional.of(new LabelSet(labels));
    }

    /** The names of its scores, the headline first. */
    public List<String> scores() {
        return metrics.stream().map(Metric::key).toList();
    }

    /** Makes its rows into examples. */
    public ExampleEncoder encoder(Tokenizer tokenizer, EncodingSettings settings) {
        return labels().map(names -> ExampleEncoder.classification(tokenizer, names, settings))
                .orElseGet(() -> ExampleEncoder.regression(tokenizer, settings));
    }

    /**
     * The file to learn from.
     *
     * @param data the task's folder, or the one that has it under its {@link #title}
     * @throws FileAccessException if there is none
     */
    public Path trainingFile(Path data) {
        return file(data, "train");
    }

    /** The files to measure on by the name of their part: one without a name, or MNLI's matched and mismatched. */
    public Map<String, Path> developmentFiles(Path data) {
        Map<String, Path> files = new LinkedHashMap<>();
        if (this == MNLI) {
            files.put("matched", file(data, "dev_matched"));
            files.put("mismatched", file(data, "dev_mismatched"));
        } else {
            files.put("", file(data, "dev"));
        }
        return files;
    }

    private Path file(Path data, String name) {
        Path inner = data.resolve(folder);
        Path home = Files.isDirectory(inner) ? inner : data;
        for (String end : List.of(".tsv", ".tsv.gz")) {
            Path file = home.resolve(name + end);
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        throw new FileAccessException(
                home,
                "has no " + name + ".tsv or " + name + ".tsv.gz; expected the folder of " + folder
                        + " as GLUE gives it, or the one around it");
    }

    /**
     * The scores of predicted classes.
     *
     * @param expected indices of labels
     */
    public TaskScores score(int[] expected, int[] predicted) {
        ClassificationScore score = ClassificationScore.of(expected, predicted, labels.size());
        return scores(metric -> switch (metric) {
            case ACCURACY -> score.accuracy();
            case F1 -> score.classes().get(1).f1();
            case MATTHEWS -> score.matthews();
            case PEARSON, SPEARMAN -> throw new IllegalStateException(this + " is no regression");
        });
    }

    /** The scores of predicted numbers, for STS-B. */
    public TaskScores score(double[] expected, double[] predicted) {
        RegressionScore score = RegressionScore.of(expected, predicted);
        return scores(metric -> switch (metric) {
            case PEARSON -> score.pearson();
            case SPEARMAN -> score.spearman();
            case ACCURACY, F1, MATTHEWS -> throw new IllegalStateException(this + " is a regression");
        });
    }

    private TaskScores scores(ToDoubleFunction<Metric> value) {
        Map<String, Double> values = new LinkedHashMap<>();
        metrics.forEach(metric -> values.put(metric.key(), value.applyAsDouble(metric)));
        return new TaskScores(values, metrics.get(0).key());
    }
}
