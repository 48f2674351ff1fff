package dev.lora4j.lora;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The configuration of a combined adapter: whatever the sources say of scaling is in its tensors already.
 *
 * <p>α equals the rank in every module, without rank stabilisation, so that the scaling is 1 everywhere. PEFT lets the
 * first source's {@code use_rslora} stand, which makes ΔW √r too large (peft #3449).
 */
final class CombinedConfig {
    private CombinedConfig() {}

    /**
     * Makes it.
     *
     * @param ranks of the result by path
     * @param modulesToSave that the result has
     */
    static LoraConfig of(List<WeightedAdapter> sources, Map<String, Integer> ranks, List<String> modulesToSave) {
        LoraConfig first = sources.get(0).adapter().config();
        int usual = mostFrequent(ranks);
        Map<String, Integer> otherRanks = new LinkedHashMap<>();
        Map<String, Double> otherAlphas = new LinkedHashMap<>();
        new TreeMap<>(ranks).forEach((path, rank) -> {
            if (rank != usual) {
                otherRanks.put(path, rank);
                otherAlphas.put(path, (double) rank);
            }
        });
        LoraConfig config = LoraConfig.rank(usual)
                .alpha(usual)
                .dropout(first.dropout())
                .rankPattern(otherRanks)
                .alphaPattern(otherAlphas)
                .bias(first.bias()) // only a source by itself has other than none
                .loraBias(sources.stream()
                        .anyMatch(source -> source.adapter().config().hasLoraBias()))
                .modulesToSave(modulesToSave);
        boolean sameModules = sources.stream()
                .allMatch(source -> source.adapter().lowRanks().keySet().equals(ranks.keySet()));
        return sameModules
                ? withTargetsOf(first, config)
                : config.targets(new Targets.Suffixes(List.copyOf(ranks.keySet())));
    }

    private static LoraConfig withTargetsOf(LoraConfig source, LoraConfig config) {
        LoraConfig result = config.layers(source.layers());
        if (source.targets().isPresent()) {
            result = result.targets(source.targets().get());
        }
        return source.excluded().isPresent()
                ? result.excluding(source.excluded().get())
                : result;
    }

    private static int mostFrequent(Map<String, Integer> ranks) {
        Map<Integer, Long> counts = ranks.values().stream()
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }
}
