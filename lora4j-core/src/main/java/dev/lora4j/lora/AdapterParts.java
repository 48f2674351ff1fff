package dev.lora4j.lora;

import dev.lora4j.model.ModuleValues;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What an adapter brings to a model, by the paths of its modules.
 *
 * @param lowRanks trained pairs
 * @param embeddings those of the pairs that sit beside an embedding
 * @param anchors frozen pairs that take off again what the trained ones began with
 * @param saved modules trained whole
 * @param biases of modules whose weight stays the base's
 */
record AdapterParts(
        Map<String, LowRank> lowRanks,
        Set<String> embeddings,
        Map<String, LowRank> anchors,
        Map<String, ModuleValues> saved,
        Map<String, Tensor> biases) {
    static AdapterParts empty() {
        return new AdapterParts(
                new LinkedHashMap<>(),
                new LinkedHashSet<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>());
    }
}
