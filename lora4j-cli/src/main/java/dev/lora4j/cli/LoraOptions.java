package dev.lora4j.cli;

import dev.lora4j.lora.BiasMode;
import dev.lora4j.lora.Initialization;
import dev.lora4j.lora.LayerFilter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a new adapter looks like, as options under PEFT's words; what is not given keeps its default there. */
final class LoraOptions {
    private final List<UnaryOperator<LoraConfig>> changes = new ArrayList<>();

    @Option(
            names = "--targets",
            paramLabel = "NAME",
            split = ",",
            description = "Layers by name or end of path, or all-linear (the family's usual ones).")
    private List<String> targets = List.of();

    @Option(names = "--target-pattern", paramLabel = "REGEX", description = "Layers by a pattern of their whole path.")
    private @Nullable String targetPattern;

    @Option(names = "--exclude", paramLabel = "NAME", split = ",", description = "Targets to leave out.")
    private List<String> excluded = List.of();

    @Option(names = "--layers", paramLabel = "N", split = ",", description = "Only these layers, counted from 0.")
    private List<Integer> layers = List.of();

    @Option(
            names = "--modules-to-save",
            paramLabel = "NAME",
            split = ",",
            description = "Modules trained whole and saved beside the pairs.")
    private List<String> modulesToSave = List.of();

    @Option(
            names = "--target-parameters",
            paramLabel = "NAME",
            split = ",",
            description = "Experts of a mixture to adapt too, such as mlp.experts.down_proj.")
    void targetParameters(List<String> names) {
        changes.add(config -> config.targetParameters(names));
    }

    @Option(
            names = "--fused-parts",
            paramLabel = "MODULE=PART",
            description = "Adapt only some parts of a fused layer, such as c_attn=q+v.")
    void fusedParts(Map<String, String> parts) {
        parts.forEach((module, names) -> changes.add(config -> config.fusedParts(module, names.split("\\+", -1))));
    }

    @Option(
            names = {"-r", "--rank"},
            paramLabel = "R",
            description = "Rank (8).")
    void rank(int value) {
        changes.add(config -> config.withRank(value));
    }

    @Option(names = "--alpha", paramLabel = "X", description = "Scaling is alpha / rank (8).")
    void alpha(double value) {
        changes.add(config -> config.alpha(value));
    }

    @Option(names = "--lora-dropout", paramLabel = "X", description = "Dropout on the input of A (0).")
    void dropout(double value) {
        changes.add(config -> config.dropout(value));
    }

    @Option(
            names = "--rank-stabilized",
            negatable = true,
            fallbackValue = "true",
            description = "Scaling is alpha / sqrt(rank).")
    void rankStabilized(boolean value) {
        changes.add(config -> config.rankStabilized(value));
    }

    @Option(
            names = "--bias",
            paramLabel = "WHICH",
            description = "Biases trained too: ${COMPLETION-CANDIDATES} (none).")
    void bias(BiasMode value) {
        changes.add(config -> config.bias(value));
    }

    @Option(names = "--lora-bias", negatable = true, fallbackValue = "true", description = "B has a bias of its own.")
    void loraBias(boolean value) {
        changes.add(config -> config.loraBias(value));
    }

    @Option(
            names = "--dora",
            negatable = true,
            fallbackValue = "true",
            description = "Train magnitude and direction apart (DoRA).")
    void dora(boolean value) {
        changes.add(config -> config.dora(value));
    }

    @Option(
            names = "--initialization",
            paramLabel = "NAME",
            description = "How A and B begin: ${COMPLETION-CANDIDATES}.")
    void initialization(Initialization value) {
        changes.add(config -> config.initialization(value));
    }

    /** The configuration, checked. */
    LoraConfig config() {
        LoraConfig config = LoraConfig.defaults();
        for (UnaryOperator<LoraConfig> change : changes) {
            config = change.apply(config);
        }
        if (targetPattern != null) {
            config = config.targets(Targets.expression(targetPattern));
        } else if (targets.equals(List.of("all-linear"))) {
            config = config.targets(Targets.expression("all-linear"));
        } else if (!targets.isEmpty()) {
            config = config.targets(named(targets));
        }
        if (!excluded.isEmpty()) {
            config = config.excluding(named(excluded));
        }
        return config.layers(new LayerFilter(layers, List.of())).modulesToSave(modulesToSave);
    }

    /** Whether any of these options was given. */
    boolean areGiven() {
        return !changes.isEmpty()
                || targetPattern != null
                || Stream.of(targets, excluded, layers, modulesToSave).anyMatch(each -> !each.isEmpty());
    }

    private static Targets named(List<String> names) {
        return Targets.named(names.toArray(String[]::new));
    }
}
