package dev.lora4j.cli;

import dev.lora4j.formats.ElementType;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.Targets;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.plan.PlanMethod;
import dev.lora4j.plan.PlanOptimizer;
import dev.lora4j.plan.PlanSettings;
import dev.lora4j.plan.ShortTargets;
import dev.lora4j.plan.TrainingPlan;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lora4j plan}: what a fine-tuning run would take, before anything is downloaded or loaded. */
@Command(
        name = "plan",
        description = "Show what a fine-tuning run would take: trained values, files and memory. No weights are read.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class PlanCommand implements Callable<Integer> {
    @Option(
            names = {"-m", "--model"},
            required = true,
            paramLabel = "MODEL",
            description =
                    "A model folder, a config.json, a .gguf file, a name on the hub after lora4j pull, or a shape:"
                            + " gpt2, gpt2-medium, gpt2-large, gpt2-xl, gpt3-175b, roberta-base, roberta-large,"
                            + " deberta-v2-xxlarge, llama (llama-2-7b), smollm2-135m, minilm.")
    private String model = "";

    @Mixin
    private final MethodOptions method = new MethodOptions();

    @Option(
            names = {"-r", "--rank"},
            paramLabel = "R",
            defaultValue = "8",
            description = "Rank (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(
            names = "--targets",
            paramLabel = "NAME",
            split = ",",
            description = "Layers by name or end of path, q, k, v or o, or all-linear (the family's usual ones).")
    private List<String> targets = List.of();

    @Option(
            names = "--lora-dropout",
            paramLabel = "X",
            defaultValue = "0",
            description = "Dropout on the input of A (default: ${DEFAULT-VALUE}).")
    private double dropout;

    @Option(
            names = "--labels",
            paramLabel = "N",
            defaultValue = "0",
            description = "Outputs of a classifier that is trained too; 1 is a regression (default: none).")
    private int labels;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "8",
            description = "Rows per batch (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens of a row (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(
            names = "--micro-batch-tokens",
            paramLabel = "N",
            defaultValue = "512",
            description = "Most tokens through the model at once (default: ${DEFAULT-VALUE}).")
    private int microBatchTokens;

    @Option(names = "--recompute", description = "Blocks keep only their input.")
    private boolean recompute;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            defaultValue = "adamw",
            description = "${COMPLETION-CANDIDATES}; lora4j trains with adamw (default: ${DEFAULT-VALUE}).")
    private PlanOptimizer optimizer = PlanOptimizer.ADAMW;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "Of stored values: f32, f16 or bf16 (f32, as lora4j writes adapters; f16 of gpt3-175b).")
    private @Nullable ElementType dtype;

    @Option(
            names = "--models",
            paramLabel = "N",
            defaultValue = "100",
            description = "Fine-tuned models to store (default: ${DEFAULT-VALUE}).")
    private int models;

    @Mixin
    private final WeightsOption weights = new WeightsOption();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    private final Console console;

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (PlannedModel planned = PlannedModel.open(model);
                LanguageModel outline = planned.outline(task(planned))) {
            TrainingPlan plan = TrainingPlan.of(outline, settings(planned), Optional.ofNullable(planned.files()));
            PlanReport report = new PlanReport(model, plan, planned.isGpt3());
            if (json) {
                console.json(report.json());
            } else {
                report.print(console);
            }
        }
        return 0;
    }

    private ModelTask task(PlannedModel planned) {
        return labels > 0 ? ModelTask.SEQ_CLS : LanguageModel.usualTask(planned.config());
    }

    private PlanMethod method() {
        return method.baseline()
                .map(PlanMethod::of)
                .orElseGet(() -> method.is(Method.FULL) ? PlanMethod.FULL : PlanMethod.LORA);
    }

    private PlanSettings settings(PlannedModel planned) {
        LoraConfig config = LoraConfig.rank(rank).dropout(dropout);
        config = targets.equals(List.of("all-linear"))
                ? config.targets(new Targets.AllLinear())
                : ShortTargets.in(config, targets, planned.type());
        WeightFormat format = weights.format();
        int valueBytes = dtype == null ? planned.valueBytes() : dtype.bytes();
        return new PlanSettings(
                method(),
                config,
                labels,
                new PlanSettings.Batch(batchSize, length, microBatchTokens, recompute),
                optimizer,
                format,
                valueBytes,
                models);
    }
}
