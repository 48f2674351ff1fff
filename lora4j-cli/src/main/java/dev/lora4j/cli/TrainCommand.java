package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lora4j train}: an adapter from a base model and a data file, or several at once. */
@Command(
        name = "train",
        description =
                "Train an adapter, or the model itself, on a data file. Ctrl-C saves and stops; --resume goes on.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class TrainCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = ConfigFile.OPTION,
            paramLabel = "FILE",
            description = "A YAML file with any of the options below, without their dashes; flags override it.")
    private @Nullable Path config;

    @Option(
            names = SweepFile.OPTION,
            paramLabel = "FILE",
            description = "A YAML file of several adapters to train at once over one base; flags override it for all.")
    private @Nullable Path adapters;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightsOption weights = new WeightsOption();

    @Mixin
    private final ComputeOption compute = new ComputeOption();

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "FILE",
            description =
                    "Rows to learn from: .jsonl, .csv or .tsv, each also with .gz; of a task with a folder the folder.")
    private Path data = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description =
                    "Folder of what is trained, with log, report and checkpoints; of several, the folder of theirs.")
    private Path output = Path.of("");

    @Mixin
    private final MethodOptions method = new MethodOptions();

    @Option(
            names = "--task",
            paramLabel = "TASK",
            converter = NamedTask.Converter.class,
            completionCandidates = NamedTask.Names.class,
            description = "${COMPLETION-CANDIDATES} (what the family is for). From cola on, tasks whose folder the"
                    + " data is: those of GLUE and, from e2e on, those whose answers are texts.")
    private @Nullable NamedTask task;

    @Option(names = "--validation-data", paramLabel = "FILE", description = "Rows to measure on while training.")
    private @Nullable Path validationData;

    @Option(names = "--validation-share", paramLabel = "X", description = "Share of the rows to measure on instead.")
    private double validationShare;

    @Option(names = "--adapter", paramLabel = "DIR", description = "Train this adapter on instead of a new one.")
    private @Nullable Path adapter;

    @Option(
            names = "--resume",
            negatable = true,
            fallbackValue = "true",
            description = "Go on from the newest checkpoint in the output folder, if there is one.")
    private boolean resume;

    @Mixin
    private final LoraOptions lora = new LoraOptions();

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;
    private String name = "adapter";

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (config != null && adapters != null) {
            throw new IllegalArgumentException("give config or adapters, not both");
        }
        WeightFormat format = compute.format(weights);
        List<TrainCommand> runs = adapters == null ? List.of(this) : runs(SweepFile.read(adapters));
        requireDifferentOutputs(runs);
        runs.forEach(run -> check(run));
        try (ModelFiles files = model.open();
                Tokenizer tokenizer = Tokenizer.of(files)) {
            ModelTask kind = commonTask(runs, files);
            try (LanguageModel base = LanguageModel.load(files, kind, model.device(), format)) {
                return train(runs, files, base, tokenizer);
            }
        }
    }

    /** A command of its own for each adapter: flags, else its settings, else the common ones. */
    private List<TrainCommand> runs(SweepFile file) {
        List<TrainCommand> runs = new ArrayList<>();
        CommandLine.ParseResult given = spec().commandLine().getParseResult();
        for (String each : file.names()) {
            TrainCommand run = new TrainCommand(console);
            new CommandLine(run)
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setUnmatchedArgumentsAllowed(true) // those of the command around, checked before
                    .setDefaultValueProvider(file.settings(each))
                    .parseArgs(given.originalArgs().toArray(String[]::new));
            run.name = each;
            if (given.hasMatchedOption("--output")) {
                run.output = output.resolve(each);
            }
            runs.add(run);
        }
        return runs;
    }

    private CommandSpec spec() {
        return Optional.ofNullable(spec).orElseThrow();
    }

    private static void requireDifferentOutputs(List<TrainCommand> runs) {
        for (int i = 0; i < runs.size(); i++) {
            for (TrainCommand before : runs.subList(0, i)) {
                if (before.folder().equals(runs.get(i).folder())) {
                    throw new IllegalArgumentException("adapters " + before.name + " and " + runs.get(i).name
                            + " have the same output " + before.output);
                }
            }
        }
    }

    private Path folder() {
        return output.toAbsolutePath().normalize();
    }

    private void check(TrainCommand run) {
        try {
            run.check();
        } catch (Lora4jException | IllegalArgumentException e) {
            if (adapters == null) {
                throw e;
            }
            throw new IllegalArgumentException("adapter " + run.name + ": " + e.getMessage(), e);
        }
    }

    /** Refuses what can be refused before anything is loaded. */
    private void check() {
        TrainingConfig settings = training.config();
        lora.config();
        method.requireFit(lora, settings);
        if (method.is(Method.FULL)) {
            requireFull();
        }
        if (validationData != null && validationShare != 0) {
            throw new IllegalArgumentException("give validation-data or validation-share, not both");
        }
        if (!resume && Files.exists(output.resolve("checkpoints"))) {
            throw new FileAccessException(
                    output, "has the checkpoints of a training; give --resume to go on, or another --output");
        }
    }

    /** Refuses what has no meaning where every weight of the base is trained as it is. */
    private void requireFull() {
        if (adapter != null) {
            throw new IllegalArgumentException("method full trains no adapter on; give adapter without it, or merge the"
                    + " adapter and give its folder as model");
        }
        if (adapters != null) {
            throw new IllegalArgumentException(
                    "method full changes the base, which a file of adapters shares; train it by itself");
        }
        WeightFormat format = compute.format(weights);
        if (format != WeightFormat.F32) {
            throw new IllegalArgumentException(
                    "method full trains float32 weights, found " + format + "; leave out weights and compute");
        }
    }

    private static ModelTask commonTask(List<TrainCommand> runs, ModelFiles files) {
        ModelTask first = runs.get(0).kind(files).modelTask();
        for (TrainCommand run : runs) {
            if (run.kind(files).modelTask() != first) {
                throw new IllegalArgumentException("adapter " + run.name + " is for "
                        + run.kind(files).modelTask() + ", " + runs.get(0).name + " for " + first
                        + "; train them apart, since the base is loaded for one of them");
            }
        }
        return first;
    }

    private DataTask kind(ModelFiles files) {
        return task == null ? DataTask.usual(files) : task.kind();
    }

    private int train(List<TrainCommand> runs, ModelFiles files, LanguageModel base, Tokenizer tokenizer) {
        List<TrainingTask> tasks = new ArrayList<>();
        try {
            for (TrainCommand run : runs) {
                tasks.add(run.task(base, tokenizer, run.kind(files)));
            }
            FinishedAdapters finished =
                    new FinishedAdapters(model.baseName(), files, base, new AnswerSamples(base, tokenizer));
            TrainingSession session = new TrainingSession(console, base, finished, json);
            return adapters == null ? session.run(tasks.get(0)) : session.runAll(tasks);
        } finally {
            tasks.forEach(each -> each.adapter().close());
        }
    }

    private TrainingTask task(LanguageModel base, Tokenizer tokenizer, DataTask kind) {
        NamedTask named = task == null ? NamedTask.of(kind) : task;
        Path file = named.trainingFile(data);
        Optional<LabelSet> labels = adapter == null ? Rows.labels(rows, named, file) : existingLabels(base, adapter);
        Rows reader = Rows.of(rows, named, base, tokenizer, labels);
        TrainingConfig settings = training.config();
        Dataset training = read(reader, file);
        Optional<Dataset> validation = Optional.empty();
        if (validationData != null) {
            validation = Optional.of(read(reader, named.validationFile(validationData)));
        } else if (validationShare != 0) {
            Dataset.Split split = training.split(validationShare, settings.seed());
            training = split.training();
            validation = Optional.of(split.validation());
        }
        Adapter trained = adapter(base, kind, labels, lora.config(), settings.seed());
        String called = method.is(Method.FULL) ? "model" : name;
        return new TrainingTask(called, trained, training, validation, settings, Optional.of(output), resume);
    }

    private Dataset read(Rows reader, Path file) {
        Dataset all = reader.read(file);
        Rows.tell(console, file, all.report());
        return all;
    }

    private static Optional<LabelSet> existingLabels(LanguageModel base, Path folder) {
        try (Adapter existing = AdapterFolder.read(folder, base)) {
            return Rows.labels(Optional.of(existing), base);
        }
    }

    private Adapter adapter(LanguageModel base, DataTask kind, Optional<LabelSet> labels, LoraConfig shape, long seed) {
        return adapter == null
                ? new NewAdapter(method, kind, labels, shape, seed).over(base)
                : AdapterFolder.read(adapter, base);
    }
}
