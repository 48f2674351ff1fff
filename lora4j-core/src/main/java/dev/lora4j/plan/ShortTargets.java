package dev.lora4j.plan;

import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.LoraConfig;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The article's names of attention's matrices, q, k, v and o, in each family's own words.
 *
 * <p>GPT-2 has q, k and v side by side in {@code c_attn}; there they become parts of it, each with a pair of its own.
 */
public final class ShortTargets {
    private static final List<String> FUSED = List.of("q", "k", "v");

    private ShortTargets() {}

    /**
     * A configuration with these targets.
     *
     * @param names short ones, or names of modules as they are; none for the family's usual ones
     * @throws AdapterException if a fused layer is meant both as a whole and by its parts
     */
    public static LoraConfig in(LoraConfig config, List<String> names, String modelType) {
        if (names.isEmpty()) {
            return config;
        }
        Map<String, String> known = names(modelType);
        Set<String> targets = new LinkedHashSet<>();
        names.forEach(name -> targets.add(known.getOrDefault(name, name)));
        List<String> parts = FUSED.stream().filter(names::contains).toList();
        LoraConfig targeted = config.targets(targets.toArray(String[]::new));
        if (!modelType.equals("gpt2") || parts.isEmpty()) {
            return targeted;
        }
        if (names.contains("c_attn")) {
            throw new AdapterException("the targets name c_attn and its parts " + parts + "; name one or the other");
        }
        return targeted.fusedParts("c_attn", parts.toArray(String[]::new));
    }

    private static Map<String, String> names(String modelType) {
        return switch (modelType) {
            case "gpt2" -> Map.of("q", "c_attn", "k", "c_attn", "v", "c_attn", "o", "attn.c_proj");
            case "bert", "roberta", "xlm-roberta", "camembert" ->
                Map.of("q", "query", "k", "key", "v", "value", "o", "attention.output.dense");
            case "deberta-v2" ->
                Map.of("q", "query_proj", "k", "key_proj", "v", "value_proj", "o", "attention.output.dense");
            case "distilbert" -> Map.of("q", "q_lin", "k", "k_lin", "v", "v_lin", "o", "out_lin");
            default -> Map.of("q", "q_proj", "k", "k_proj", "v", "v_proj", "o", "o_proj");
        };
    }
}
