package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.Example;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.ClassificationScore;
import dev.lora4j.evaluation.ExactMatch;
import dev.lora4j.evaluation.LanguageModelScore;
import dev.lora4j.evaluation.Question;
import dev.lora4j.evaluation.RegressionScore;
import dev.lora4j.evaluation.SequencePredictions;
import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterSummary;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lora4j evaluate}: how good a model is on a data file, alone or with an adapter. */
@Command(
        name = "evaluate",
        description = "Measure a model on a data file: loss, perplexity, accuracy and the task's own scores.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class EvaluateCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    private Measured measured = new Measured();

    @Mixin
    private final WeightsOption weights = new WeightsOption();

    @Mixin
    private final ComputeOption compute = new ComputeOption();

    @Option(
            names = {"-a", "--adapter"},
            paramLabel = "DIR",
            description = "An adapter's folder.")
    private @Nullable Path adapter;

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "FILE",
            description = "The rows: .jsonl, .csv or .tsv, each also with .gz; of a task with a folder the folder.")
    private Path data = Path.of("");

    @Option(
            names = "--task",
            paramLabel = "TASK",
            converter = NamedTask.Converter.class,
            completionCandidates = NamedTask.Names.class,
            description =
                    "${COMPLETION-CANDIDATES} (what the adapter is for). From cola on, tasks whose folder the data"
                            + " is: those of GLUE and, from e2e on, those whose answers are texts.")
    private @Nullable NamedTask task;

    @Option(names = "--generate", description = "Also let the model answer, and count the exactly right answers.")
    private boolean generate;

    @Mixin
    private final AnswerOptions answers = new AnswerOptions();

    @Option(
            names = "--dev-rows",
            paramLabel = "N",
            description = "Of a task of texts: at most so many inputs, chosen by the seed 0 (all).")
    private @Nullable Integer devRows;

    @Option(
            names = "--save-predictions",
            paramLabel = "FILE",
            description = "Of a task of texts: a table of the inputs and answers, with tabs.")
    private @Nullable Path savePredictions;

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        check();
        if (measured.predictions().isPresent()) {
            tell(textTask().orElseThrow().scored(data, measured.predictions().get()));
            return 0;
        }
        WeightFormat format = compute.format(weights);
        NamedTask named = task == null ? NamedTask.of(kind()) : task;
        DataTask kind = named.kind();
        List<Path> folders = adapter == null ? List.of() : List.of(adapter);
        try (LoadedModel loaded = LoadedModel.load(measured.model(), format, kind.modelTask(), folders)) {
            Optional<Adapter> own = loaded.adapters().values().stream().findFirst();
            Optional<LabelSet> labels = Rows.labels(own, loaded.model());
            if (kind == DataTask.CLASSIFICATION && labels.isEmpty()) {
                throw new IllegalArgumentException("neither the model nor the adapter names its labels; expected an"
                        + " adapter trained for classification");
            }
            tell(facts(named, loaded, own, labels));
            return 0;
        }
    }

    private Facts facts(NamedTask named, LoadedModel loaded, Optional<Adapter> own, Optional<LabelSet> labels) {
        return named.published()
                .map(published -> ofTask(published, loaded, own, labels))
                .orElseGet(() -> ofFile(named.kind(), loaded, own, labels));
    }

    /** Refuses what means nothing for what is measured. */
    private void check() {
        boolean texts = textTask().isPresent();
        if (measured.predictions().isPresent() && !texts) {
            throw new IllegalArgumentException(
                    "--predictions needs a --task whose answers are texts: one of " + TextTask.keys());
        }
        boolean asked = texts && measured.predictions().isEmpty();
        if (!asked && (answers.shapeASearch() || devRows != null || savePredictions != null)) {
            throw new IllegalArgumentException(
                    "beams, length-penalty, no-repeat-ngram, dev-rows and save-predictions are for a model that answers"
                            + " the inputs of a task of texts; expected --task with one of " + TextTask.keys()
                            + " and --model, or none of these");
        }
        if (devRows != null && devRows < 1) {
            throw new IllegalArgumentException("dev-rows is " + devRows + "; expected 1 or more");
        }
    }

    /** The scores that a task asks for, of what the model makes of its rows or inputs. */
    private Facts ofTask(
            PublishedTask published, LoadedModel loaded, Optional<Adapter> own, Optional<LabelSet> labels) {
        requireLabels(published, labels);
        EncodingSettings encoding = rows.encoding(loaded.model().maxPositions());
        MeasuredRows all = published.measured(data, loaded.tokenizer(), encoding, rows.badRows());
        all.tell(console);
        MeasuredRows asked = devRows == null ? all : all.sample(devRows, 0);
        MeasuredRows.Scored scored;
        try (ProgressLine progress = ProgressLine.of(console, ProgressLine.Unit.STEPS)) {
            scored = asked.score(loaded.model(), own, answers, progress);
        }
        if (savePredictions != null) {
            AtomicFile.writeString(savePredictions, scored.answers().orElseThrow());
        }
        Facts facts = asked.counted();
        scored.scores().values().forEach(facts::number);
        return facts;
    }

    private static void requireLabels(PublishedTask task, Optional<LabelSet> labels) {
        if (task.labels().isPresent() && !task.labels().equals(labels)) {
            throw new IllegalArgumentException("the labels are "
                    + labels.orElseThrow().names() + ", expected those of " + task.key() + ": "
                    + task.labels().get().names() + "; was it trained with --task " + task.key() + "?");
        }
    }

    private Facts ofFile(DataTask kind, LoadedModel loaded, Optional<Adapter> own, Optional<LabelSet> labels) {
        Dataset dataset =
                Rows.of(rows, kind, loaded.model(), loaded.tokenizer(), labels).read(data);
        Rows.tell(console, data, dataset.report());
        Facts facts = new Facts().count("rows", dataset.size());
        switch (kind) {
            case CAUSAL -> causal(facts, loaded, own, dataset);
            case CLASSIFICATION -> classification(facts, loaded.model(), own, dataset, labels.orElseThrow());
            case REGRESSION -> regression(facts, loaded.model(), own, dataset);
        }
        return facts;
    }

    private void tell(Facts facts) {
        if (json) {
            console.json(facts.json());
        } else {
            facts.print(console);
        }
    }

    private Optional<TextTask> textTask() {
        return Optional.ofNullable(task).flatMap(NamedTask::text);
    }

    /** As the adapter's configuration and labels have it, or what the model is for. */
    private DataTask kind() {
        if (adapter == null) {
            return usual();
        }
        AdapterSummary summary = AdapterSummary.of(adapter);
        if (summary.task().orElse(ModelTask.CAUSAL_LM) == ModelTask.CAUSAL_LM) {
            return DataTask.CAUSAL;
        }
        return summary.labels().isEmpty() ? DataTask.REGRESSION : DataTask.CLASSIFICATION;
    }

    private DataTask usual() {
        try (ModelFiles files = measured.model().open()) {
            return DataTask.usual(files);
        }
    }

    private void causal(Facts facts, LoadedModel loaded, Optional<Adapter> own, Dataset dataset) {
        LanguageModelScore score = LanguageModelScore.of(loaded.model(), own, dataset);
        facts.count("tokens", score.tokens())
                .number("loss", score.loss())
                .number("perplexity", score.perplexity())
                .number("token accuracy", score.accuracy());
        if (generate) {
            Tokenizer tokenizer = loaded.tokenizer();
            List<Question> questions = dataset.examples().stream()
                    .map(example -> Question.of(example, tokenizer))
                    .toList();
            ExactMatch match = ExactMatch.of(loaded.model(), own, tokenizer, questions, answers.maxNewTokens());
            facts.count("exactly right", match.right()).number("exact match", match.accuracy());
        }
    }

    private static void classification(
            Facts facts, LanguageModel model, Optional<Adapter> own, Dataset dataset, LabelSet labels) {
        int[] expected = dataset.examples().stream()
                .mapToInt(example -> example.label().orElseThrow())
                .toArray();
        int[] predicted = predictions(model, own, dataset.examples()).classes();
        ClassificationScore score = ClassificationScore.of(expected, predicted, labels.size());
        facts.number("accuracy", score.accuracy())
                .number("macro f1", score.macroF1())
                .number("matthews", score.matthews());
        for (int i = 0; i < labels.size(); i++) {
            facts.number(
                    "f1 of " + labels.names().get(i), score.classes().get(i).f1());
        }
    }

    private static void regression(Facts facts, LanguageModel model, Optional<Adapter> own, Dataset dataset) {
        double[] expected = dataset.examples().stream()
                .mapToDouble(example -> example.score().orElseThrow())
                .toArray();
        RegressionScore score = RegressionScore.of(
                expected, predictions(model, own, dataset.examples()).scores());
        facts.number("pearson", score.pearson())
                .number("spearman", score.spearman())
                .number("mean squared error", score.meanSquaredError())
                .number("mean absolute error", score.meanAbsoluteError());
    }

    private static SequencePredictions predictions(LanguageModel model, Optional<Adapter> own, List<Example> examples) {
        return SequencePredictions.of(model, own, examples, LanguageModelScore.TOKENS_PER_BATCH);
    }
}
