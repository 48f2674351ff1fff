package dev.lora4j.cli;

import dev.lora4j.analysis.Amplification;
import dev.lora4j.analysis.Directions;
import dev.lora4j.analysis.RankSuggestion;
import dev.lora4j.analysis.Spectrum;
import dev.lora4j.analysis.SubspaceSimilarity;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterPairs;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** All that {@code analyze} finds out, as values; confined to one thread. */
final class AdapterAnalysis {
    private final List<String> modules;
    private final double energy;
    private final long seed;
    private final Facts facts = new Facts();
    private final Map<String, Spectrum> spectra = new LinkedHashMap<>();
    private final Map<String, Spectrum> otherSpectra = new LinkedHashMap<>();
    private final Map<String, Amplification> amplifications = new LinkedHashMap<>();
    private final List<Similarity> similarities = new ArrayList<>();

    AdapterAnalysis(List<String> modules, double energy, long seed) {
        this.modules = modules;
        this.energy = energy;
        this.seed = seed;
    }

    /** Which directions are compared: those that A reads, that B writes, or that ΔW reads. */
    enum Side {
        A(Directions::ofA),
        B(Directions::ofB),
        CHANGE(Directions::ofChange);

        private final Function<LowRank, Directions> directions;

        Side(Function<LowRank, Directions> directions) {
            this.directions = directions;
        }
    }

    /**
     * φ of a layer.
     *
     * @param random that of random directions of the same numbers in the same space
     */
    record Similarity(LayerPath layer, Side side, SubspaceSimilarity phi, SubspaceSimilarity random) {}

    /** Singular values of every layer. */
    void spectra(AdapterPairs pairs) {
        pairs.of(modules).forEach((path, pair) -> spectra.put(path, Spectrum.of(pair)));
        facts.text("adapter", pairs.folder().toString())
                .count("layers", spectra.size())
                .number(
                        "mean effective rank",
                        spectra.values().stream()
                                .mapToDouble(Spectrum::effectiveRank)
                                .average()
                                .orElse(0))
                .number("energy", energy)
                .count("suggested rank", suggestion().overall());
    }

    /** Subspaces of the layers that both have. */
    void compare(AdapterPairs pairs, AdapterPairs others) {
        Map<String, LowRank> left = pairs.of(modules);
        Map<String, LowRank> right = others.all();
        for (Map.Entry<String, LowRank> entry : left.entrySet()) {
            LowRank second = right.get(entry.getKey());
            if (second != null) {
                requireOneBase(pairs, others, entry.getKey(), second);
                otherSpectra.put(entry.getKey(), Spectrum.of(second));
                for (Side side : Side.values()) {
                    compare(new LayerPath(entry.getKey()), side, entry.getValue(), second);
                }
            }
        }
        if (otherSpectra.isEmpty()) {
            throw new AdapterException(pairs.folder() + " and " + others.folder()
                    + " adapt no layer in common: one has such as " + firstPath(left) + ", the other such as "
                    + firstPath(right) + "; expected adapters of one base with a target in common");
        }
        facts.text("other", others.folder().toString()).count("layers in common", otherSpectra.size());
        for (Side side : Side.values()) {
            String name = "similarity of " + title(side);
            facts.number(name, mean(side, similarity -> similarity.phi().ofAll()))
                    .number(
                            name + " at random",
                            mean(side, similarity -> similarity.random().ofAll()))
                    .number("first direction of " + title(side) + " in the other", mean(side, AdapterAnalysis::first));
        }
    }

    /** φ of the first direction of one and all of the other. */
    private static double first(Similarity similarity) {
        return similarity.phi().at(1, similarity.phi().values().get(0).size());
    }

    private static String firstPath(Map<String, LowRank> pairs) {
        return pairs.keySet().iterator().next();
    }

    private static void requireOneBase(AdapterPairs pairs, AdapterPairs others, String path, LowRank second) {
        LowRank first = pairs.all().get(path);
        if (first != null
                && (first.a().size(1) != second.a().size(1)
                        || first.b().size(0) != second.b().size(0))) {
            throw new AdapterException(others.folder() + ": at " + path + " it changes a weight of shape "
                    + shape(second) + ", " + pairs.folder() + " one of " + shape(first)
                    + "; only adapters of one base can be compared");
        }
    }

    private static String shape(LowRank pair) {
        return "[" + pair.b().size(0) + ", " + pair.a().size(1) + "]";
    }

    private void compare(LayerPath layer, Side side, LowRank first, LowRank second) {
        try (Scope scope = Scope.open()) {
            Directions left = side.directions.apply(first);
            Directions right = side.directions.apply(second);
            if (left.count() > 0 && right.count() > 0) { // of a B of zeros there is nothing to compare
                long size = left.columns().size(0);
                similarities.add(new Similarity(
                        layer,
                        side,
                        SubspaceSimilarity.of(left, right),
                        SubspaceSimilarity.of(
                                Directions.random(size, left.count(), seed),
                                Directions.random(size, right.count(), seed + 1))));
            }
        }
    }

    /** ΔW against W of every layer whose ΔW is not zero. */
    void amplify(AdapterPairs pairs, Function<String, Optional<Tensor>> weights) {
        pairs.of(modules).forEach((path, pair) -> {
            if (!spectra(path).isZero()) {
                try (Scope scope = Scope.open()) {
                    Tensor weight = weights.apply(path)
                            .orElseThrow(() -> new AdapterException(pairs.folder() + ": the model has no weight " + path
                                    + " of its own; was it trained on another base? Experts are analyzed without"
                                    + " --model"));
                    amplifications.put(path, Amplification.of(pair, weight, seed));
                } catch (IllegalArgumentException e) {
                    throw new AdapterException(pairs.folder() + ": " + path + ": " + e.getMessage());
                }
            }
        });
        facts.number(
                "mean amplification",
                amplifications.values().stream()
                        .mapToDouble(Amplification::factor)
                        .average()
                        .orElse(0));
    }

    private double mean(Side side, Function<Similarity, Double> value) {
        return similarities.stream()
                .filter(each -> each.side() == side)
                .mapToDouble(value::apply)
                .average()
                .orElse(0);
    }

    private Spectrum spectra(String path) {
        return Objects.requireNonNull(spectra.get(path));
    }

    /** How a side is called. */
    static String title(Side side) {
        return side == Side.CHANGE ? "dW" : side.name();
    }

    /** The summary. */
    Facts facts() {
        return facts;
    }

    /** Ranks for the first adapter. */
    RankSuggestion suggestion() {
        return RankSuggestion.of(spectra, energy);
    }

    /** Of the first adapter, by the path of the layer. */
    Map<String, Spectrum> spectra() {
        return spectra;
    }

    /** Of the other one's layers that both have. */
    Map<String, Spectrum> otherSpectra() {
        return otherSpectra;
    }

    /** Of the first adapter, if a base was given. */
    Map<String, Amplification> amplifications() {
        return amplifications;
    }

    /** Layer by layer, the sides of each together. */
    List<Similarity> similarities() {
        return similarities;
    }
}
