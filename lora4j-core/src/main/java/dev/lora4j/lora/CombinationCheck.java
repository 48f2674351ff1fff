package dev.lora4j.lora;

import dev.lora4j.tensor.LowRank;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Refuses adapters whose combination has no meaning, naming the adapter and the module. */
final class CombinationCheck {
    private CombinationCheck() {}

    static void requireCombinable(List<WeightedAdapter> sources) {
        if (sources.isEmpty()) {
            throw new AdapterException("there is no adapter to combine; expected at least one");
        }
        WeightedAdapter first = sources.get(0);
        Map<String, WeightedAdapter> owners = new LinkedHashMap<>();
        for (WeightedAdapter source : sources) {
            requireLinear(source, sources.size());
            if (source.adapter().task() != first.adapter().task()) {
                throw new AdapterException(
                        source.name() + " is for " + source.adapter().task() + ", " + first.name() + " is for "
                                + first.adapter().task() + "; only adapters for one task can be combined");
            }
            for (String path : source.adapter().saved().keySet()) {
                WeightedAdapter other = owners.putIfAbsent(path, source);
                if (other != null) {
                    throw new AdapterException(other.name() + " and " + source.name() + " both have a " + path
                            + " of their own, trained whole; such modules cannot be combined");
                }
            }
        }
        AdapterCombination.paths(sources).forEach(path -> requireSameShape(path, sources));
        requireNoPairBesideWhole(sources, owners);
    }

    private static void requireLinear(WeightedAdapter source, int sources) {
        LoraConfig config = source.adapter().config();
        if (source.adapter().baseline().isPresent()) {
            throw new AdapterException(source.name() + " is no LoRA adapter but "
                    + source.adapter().baseline().get() + ", which cannot be combined");
        }
        if (config.isDora()) {
            throw new AdapterException(source.name() + " uses DoRA, whose change of a weight is no low-rank product;"
                    + " it cannot be combined, merge it into its base instead");
        }
        if (!source.adapter().parts().experts().isEmpty()) {
            throw new AdapterException(source.name() + " changes experts by a pair for each, which cannot be combined;"
                    + " merge it into its base instead");
        }
        source.adapter().parts().kernels().values().forEach(kernel -> kernel.requireOneGroup("combined"));
        boolean itself = sources == 1 && source.weight() == 1;
        if (config.bias() != BiasMode.NONE && !itself) {
            throw new AdapterException(source.name() + " trains biases of the base (bias is "
                    + config.bias().peftName() + "), which have no weight in a sum; it can only be compressed, by"
                    + " itself and with weight 1");
        }
    }

    private static void requireSameShape(String path, List<WeightedAdapter> sources) {
        LowRank first = sources.stream()
                .map(source -> source.adapter().lowRanks().get(path))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        for (WeightedAdapter source : sources) {
            LowRank pair = source.adapter().lowRanks().get(path);
            if (pair != null
                    && (pair.a().size(1) != first.a().size(1)
                            || pair.b().size(0) != first.b().size(0))) {
                throw new AdapterException(source.name() + ": " + path + " changes a weight of shape ["
                        + pair.b().size(0) + ", " + pair.a().size(1) + "], in another adapter of shape ["
                        + first.b().size(0) + ", " + first.a().size(1) + "]; are they for one base?");
            }
        }
    }

    private static void requireNoPairBesideWhole(List<WeightedAdapter> sources, Map<String, WeightedAdapter> owners) {
        for (String path : AdapterCombination.paths(sources)) {
            if (owners.containsKey(path)) {
                throw new AdapterException(
                        Objects.requireNonNull(owners.get(path)).name() + " has a " + path
                                + " of its own, trained whole, which another adapter changes by a low rank;"
                                + " they cannot be combined");
            }
        }
    }
}
