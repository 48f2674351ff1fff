package dev.lora4j.cli;

import dev.lora4j.analysis.RankSuggestion;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterPairs;
import dev.lora4j.lora.WeightMatrix;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lora4j analyze}: what one or two adapters have learned, by section 7 of the paper. */
@Command(
        name = "analyze",
        description =
                "Show the spectra of an adapter, how much of it another one shares, and how it amplifies its base.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class AnalyzeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ADAPTER", description = "The adapter's folder.")
    private Path adapter = Path.of("");

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "OTHER",
            description = "The folder of an adapter to compare with: of another rank, or of another seed.")
    private @Nullable Path other;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "The base, for the amplification factors; all else is told without it.")
    private @Nullable String model;

    @Option(
            names = "--modules",
            split = ",",
            paramLabel = "NAME",
            description = "Only these layers, by name or end of path, with commas (all that are adapted).")
    private List<String> modules = List.of();

    @Option(
            names = "--suggest-rank",
            paramLabel = "ENERGY",
            defaultValue = "0.95",
            description = "Suggest the smallest rank that holds this share of the change (default: ${DEFAULT-VALUE}).")
    private double energy;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Of the random directions to compare with (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The folder to create; it must not exist, or be empty.")
    private Path output = Path.of("");

    @Option(names = "--json", description = "Print the summary as JSON; all values are in analysis.json.")
    private boolean json;

    private final Console console;

    AnalyzeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        RankSuggestion.of(Map.of(), energy); // refuses a wrong share before anything is read
        if (Files.exists(output.resolve(AnalysisFolder.VALUES))) {
            throw new FileAccessException(output, "already has an analysis; choose another --output");
        }
        AdapterAnalysis analysis = new AdapterAnalysis(modules, energy, seed);
        try (AdapterPairs pairs = AdapterPairs.read(adapter)) {
            analysis.spectra(pairs);
            if (other != null) {
                try (AdapterPairs others = AdapterPairs.read(other)) {
                    analysis.compare(pairs, others);
                }
            }
            if (model != null) {
                amplify(analysis, pairs, model);
            }
        }
        AnalysisFolder.write(analysis, output);
        Facts facts = analysis.facts().text("output", output.toString());
        if (json) {
            console.json(facts.json());
        } else {
            facts.print(console);
        }
        return 0;
    }

    private void amplify(AdapterAnalysis analysis, AdapterPairs pairs, String name) {
        try (ModelFiles files = ModelOption.open(name)) {
            ModelTask task = AdapterFolder.task(adapter, LanguageModel.usualTask(files));
            try (LanguageModel base = LanguageModel.load(files, task, Device.CPU, WeightFormat.STORED);
                    Scope scope = Scope.open()) {
                analysis.amplify(
                        pairs,
                        path -> base.modules().stream()
                                .filter(module -> module.path().equals(path))
                                .findFirst()
                                .map(WeightMatrix::of));
            }
        }
    }
}
