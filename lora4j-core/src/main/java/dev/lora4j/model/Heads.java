package dev.lora4j.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The layers over a backbone that a model's files have, beside a decoder's output to the vocabulary.
 *
 * @param plan of the family's head for sequences
 * @param layers some or all of the plan's, or the pooler of a bare encoder
 */
record Heads(HeadPlan plan, List<Linear> layers) {
    Heads {
        layers = List.copyOf(layers);
    }

    /**
     * Loads what the files have of a head for sequences.
     *
     * @param fileName of a layer by its path
     */
    static Heads load(HeadPlan plan, Weights weights, int hidden, int labels, UnaryOperator<String> fileName) {
        List<Linear> layers = new ArrayList<>();
        HeadPlan.Dense dense = plan.dense();
        if (dense != null) {
            find(weights, dense.path(), fileName.apply(dense.path()), hidden, hidden, true)
                    .ifPresent(layers::add);
        }
        find(weights, plan.output(), fileName.apply(plan.output()), labels, hidden, plan.biased())
                .ifPresent(layers::add);
        return new Heads(plan, layers);
    }

    /** The pooler that a bare encoder may have and nobody needs. */
    static Heads bare(HeadPlan plan, EncoderWeights named, int hidden) {
        String path = "pooler.dense";
        return new Heads(
                plan,
                find(named.weights(), path, named.file(path), hidden, hidden, true).stream()
                        .toList());
    }

    private static Optional<Linear> find(Weights weights, String path, String file, long out, long in, boolean bias) {
        return weights.has(file + ".weight") ? Optional.of(weights.head(path, file, out, in, bias)) : Optional.empty();
    }

    Optional<Linear> layer(String path) {
        return layers.stream().filter(layer -> layer.path().equals(path)).findFirst();
    }

    /** The same with other values, and with layers of the plan that were missing. */
    Heads map(ModuleChange change, List<Linear> added) {
        List<Linear> changed = new ArrayList<>();
        layers.forEach(layer -> changed.add(layer.map(change)));
        added.stream()
                .filter(layer -> plan.has(layer.path()) && layer(layer.path()).isEmpty())
                .forEach(changed::add);
        return new Heads(plan, changed);
    }
}
