package dev.lora4j.cli;

import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterCombination;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.LowRank;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lora4j combine}: adapters of one base become one adapter. */
@Command(
        name = "combine",
        description = "Add, subtract, merge or compress adapters of one base into a new adapter.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class CombineCommand implements Callable<Integer> {
    @Mixin
    private final ModelOption model = new ModelOption();

    @Option(
            names = {"-a", "--adapters"},
            required = true,
            split = ",",
            paramLabel = "DIR",
            description = "The adapters' folders, with commas or repeated; a single one is scaled or compressed.")
    private List<Path> adapters = List.of();

    @Option(
            names = {"-w", "--weights"},
            split = ",",
            paramLabel = "X",
            description = "A weight per adapter, negative to subtract (1 for each).")
    private List<Double> weights = List.of();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The folder to create; it must not exist, or be empty.")
    private Path output = Path.of("");

    @Mixin
    private final CombineOptions options = new CombineOptions();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    CombineCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        options.check();
        if (!weights.isEmpty() && weights.size() != adapters.size()) {
            throw new IllegalArgumentException(
                    adapters.size() + " adapters need as many weights, found " + weights.size());
        }
        if (AdapterFolder.isAdapter(output)) {
            throw new FileAccessException(output, "already has an adapter; choose another --output");
        }
        try (ModelFiles files = model.open()) {
            ModelTask task = AdapterFolder.task(adapters.get(0), LanguageModel.usualTask(files));
            try (LanguageModel base = AdapterFolder.base(files, task, adapters)) {
                combine(base);
            }
        }
        return 0;
    }

    private void combine(LanguageModel base) {
        List<WeightedAdapter> sources = new ArrayList<>();
        try {
            for (int i = 0; i < adapters.size(); i++) {
                Adapter adapter = AdapterFolder.read(adapters.get(i), base);
                sources.add(new WeightedAdapter(
                        adapters.get(i).toString(), adapter, weights.isEmpty() ? 1 : weights.get(i)));
            }
            int largest = sources.stream()
                    .mapToInt(source -> ranks(source.adapter()).getMax())
                    .max()
                    .orElseThrow();
            AdapterCombination.Result result = AdapterCombination.combine(sources, options.combination(largest));
            try (Adapter combined = result.adapter()) {
                Map<String, FileContent> content = AdapterFolder.files(combined, model.baseName());
                AtomicDirectory.write(output, folder -> content.forEach(folder::file));
                tell(result);
            }
        } finally {
            sources.forEach(source -> source.adapter().close());
        }
    }

    private static IntSummaryStatistics ranks(Adapter adapter) {
        return adapter.lowRanks().values().stream().mapToInt(LowRank::rank).summaryStatistics();
    }

    private void tell(AdapterCombination.Result result) {
        IntSummaryStatistics ranks = ranks(result.adapter());
        Facts facts = new Facts()
                .text("output", output.toString())
                .text("method", options.method().toString())
                .count("adapted layers", ranks.getCount())
                .count("smallest rank", ranks.getMin())
                .count("largest rank", ranks.getMax())
                .count("parameters", result.adapter().parameters())
                .number("relative error", result.relativeError());
        if (json) {
            console.json(facts.json());
        } else {
            facts.print(console);
        }
    }
}
