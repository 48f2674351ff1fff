package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.cli.Inspection.TensorLine;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.lora.AdapterSummary;
import dev.lora4j.lora.Baseline;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What is in an adapter folder, told without its base. */
final class AdapterInspection {
    private AdapterInspection() {}

    static Inspection of(Path folder) {
        AdapterSummary summary = AdapterSummary.of(folder);
        ObjectNode config = summary.config();
        Facts facts = new Facts()
                .text("path", folder.toString())
                .text("kind", summary.baseline().map(Baseline::toString).orElse("LoRA adapter"))
                .text("base", config.path("base_model_name_or_path").asText("not named"))
                .text("task", config.path("task_type").asText("not named"));
        if (summary.baseline().isEmpty()) {
            addShape(facts, config, summary);
        }
        facts.count("parameters", summary.parameters());
        if (summary.baseline().isEmpty()) {
            facts.count("of low-rank pairs", summary.lowRank());
        }
        facts.bytes("size", summary.bytes());
        if (summary.ranks().values().stream().distinct().count() > 1) {
            facts.text(
                    "ranks",
                    summary.ranks().values().stream()
                            .distinct()
                            .sorted()
                            .map(String::valueOf)
                            .collect(Collectors.joining(", ")));
        }
        if (!summary.labels().isEmpty()) {
            facts.text("labels", String.join(", ", summary.labels()));
        }
        if (!summary.others().isEmpty() && summary.baseline().isEmpty()) {
            facts.text("trained whole", String.join(", ", summary.others()));
        }
        summary.refusal().ifPresent(reason -> facts.text("not usable here", reason));
        List<TensorLine> tensors =
                SafetensorsFile.open(folder.resolve("adapter_model.safetensors")).tensors().values().stream()
                        .map(part -> new TensorLine(part.name(), part.type().name(), part.shape(), part.bytes()))
                        .toList();
        return new Inspection(facts, tensors);
    }

    private static void addShape(Facts facts, ObjectNode config, AdapterSummary summary) {
        facts.count("rank", config.path("r").asLong(8))
                .number("alpha", config.path("lora_alpha").asDouble(8))
                .number("dropout", config.path("lora_dropout").asDouble(0))
                .flag("rank-stabilised", config.path("use_rslora").asBoolean())
                .text("targets", targets(config))
                .count("adapted layers", summary.ranks().size());
    }

    private static String targets(ObjectNode config) {
        if (!config.hasNonNull("target_modules")) {
            return "the family's usual ones";
        }
        return config.path("target_modules").isTextual()
                ? config.path("target_modules").asText()
                : config.path("target_modules")
                        .valueStream()
                        .map(node -> node.asText())
                        .collect(Collectors.joining(", "));
    }
}
