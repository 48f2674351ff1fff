package dev.lora4j.plan;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Linear;
import dev.lora4j.model.Norm;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The modules of one block by the place that they have in it.
 *
 * @param inputs to queries, keys and values
 * @param output of attention
 * @param wide from the hidden size to the feed-forward's, one or gated two
 * @param narrow back again
 * @param headNorms of each query and key head
 * @param norms all others, in the model's order
 */
record BlockParts(
        List<Linear> inputs,
        List<Linear> output,
        List<Linear> wide,
        List<Linear> narrow,
        List<Norm> headNorms,
        List<Norm> norms) {
    private static final Set<String> INPUTS = Set.of(
            "q_proj",
            "k_proj",
            "v_proj",
            "c_attn",
            "query",
            "key",
            "value",
            "q_lin",
            "k_lin",
            "v_lin",
            "query_proj",
            "key_proj",
            "value_proj",
            "pos_key_proj",
            "pos_query_proj");
    private static final Set<String> HEAD_NORMS = Set.of("q_norm", "k_norm");

    static BlockParts of(List<AdaptableModule> modules) {
        BlockParts parts = new BlockParts(
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>());
        for (AdaptableModule module : modules) {
            if (module instanceof Norm norm) {
                (HEAD_NORMS.contains(name(module)) ? parts.headNorms() : parts.norms()).add(norm);
            } else if (module instanceof Linear linear) {
                parts.place(linear).add(linear);
            }
        }
        return parts;
    }

    private static String name(AdaptableModule module) {
        return module.path().substring(module.path().lastIndexOf('.') + 1);
    }

    private List<Linear> place(Linear linear) {
        if (INPUTS.contains(name(linear))) {
            return inputs;
        }
        if (linear.path().contains("attn.") || linear.path().contains("attention.")) {
            return output;
        }
        return linear.outFeatures() > linear.inFeatures() ? wide : narrow;
    }

    /** Width of queries, keys and values together. */
    long attended() {
        return inputs.stream()
                .filter(layer -> !name(layer).startsWith("pos_"))
                .mapToLong(Linear::outFeatures)
                .sum();
    }

    /** Width of what attention gives. */
    long given() {
        return output.get(0).inFeatures();
    }

    /** Width between the feed-forward's layers; 0 where experts are in its place. */
    long intermediate() {
        return narrow.isEmpty() ? 0 : narrow.get(0).inFeatures();
    }

    /** Values a token at the input of the wide layers' function: one, or gate and up. */
    long wideOutputs() {
        return wide.stream().mapToLong(Linear::outFeatures).sum();
    }
}
