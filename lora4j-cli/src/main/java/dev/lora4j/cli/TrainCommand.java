package dev.lora4j.cli;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.LabelSet;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lora4j train}: an adapter from a base model and a data file. */
@Command(
        name = "train",
        description = "Train an adapter on a data file. Ctrl-C saves and stops; --resume goes on.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class TrainCommand implements Callable<Integer> {
    @Option(
            names = ConfigFile.OPTION,
            paramLabel = "FILE",
            description = "A YAML file with any of the options below, without their dashes; flags override it.")
    @SuppressWarnings("UnusedVariable") // Main reads the file before all options
    private @Nullable Path config;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "FILE",
            description = "Rows to learn from: .jsonl, .csv or .tsv, each also with .gz.")
    private Path data = Path.of("");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The adapter's folder, with log, report and checkpoints.")
    private Path output = Path.of("");

    @Option(names = "--task", paramLabel = "TASK", description = "${COMPLETION-CANDIDATES} (what the family is for).")
    private @Nullable DataTask task;

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

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TrainingConfig settings = training.config();
        LoraConfig shape = lora.config();
        requireUsableOutput();
        try (ModelFiles files = model.open();
                Tokenizer tokenizer = Tokenizer.of(files)) {
            DataTask kind = task == null ? DataTask.usual(files) : task;
            try (LanguageModel base = LanguageModel.load(files, kind.modelTask(), model.device())) {
                return train(base, tokenizer, kind, shape, settings);
            }
        }
    }

    private int train(
            LanguageModel base, Tokenizer tokenizer, DataTask kind, LoraConfig shape, TrainingConfig settings) {
        Optional<LabelSet> labels = adapter == null ? Rows.labels(rows, kind, data) : existingLabels(base, adapter);
        Rows reader = Rows.of(rows, kind, base, tokenizer, labels);
        Dataset all = reader.read(data);
        Rows.tell(console, data, all.report());
        try (Adapter trained = adapter(base, kind, labels, shape, settings.seed())) {
            TrainingTask run = validated(TrainingTask.of("adapter", trained, all, settings), reader, settings);
            run = run.savedTo(output);
            return new TrainingSession(console, base, model.baseName(), json).run(resume ? run.resumed() : run);
        }
    }

    private static Optional<LabelSet> existingLabels(LanguageModel base, Path folder) {
        try (Adapter existing = AdapterFolder.read(folder, base)) {
            return Rows.labels(Optional.of(existing), base);
        }
    }

    private Adapter adapter(LanguageModel base, DataTask kind, Optional<LabelSet> labels, LoraConfig shape, long seed) {
        if (adapter != null) {
            return AdapterFolder.read(adapter, base);
        }
        return switch (kind) {
            case CAUSAL -> Adapter.create(base, shape, seed);
            case CLASSIFICATION ->
                Adapter.createClassifier(base, shape, labels.orElseThrow().names(), seed);
            case REGRESSION -> Adapter.createRegression(base, shape, seed);
        };
    }

    private TrainingTask validated(TrainingTask run, Rows reader, TrainingConfig settings) {
        if (validationData != null && validationShare != 0) {
            throw new IllegalArgumentException("give validation-data or validation-share, not both");
        }
        if (validationData != null) {
            Dataset held = reader.read(validationData);
            Rows.tell(console, validationData, held.report());
            return run.validatedOn(held);
        }
        if (validationShare != 0) {
            Dataset.Split split = run.training().split(validationShare, settings.seed());
            return TrainingTask.of(run.name(), run.adapter(), split.training(), settings)
                    .validatedOn(split.validation());
        }
        return run;
    }

    private void requireUsableOutput() {
        if (!resume && Files.exists(output.resolve("checkpoints"))) {
            throw new FileAccessException(
                    output, "has the checkpoints of a training; give --resume to go on, or another --output");
        }
    }
}
