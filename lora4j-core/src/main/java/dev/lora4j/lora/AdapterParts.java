package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModuleValues;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
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
 * @param experts those of the pairs that sit beside the experts of a layer
 * @param transposed those of the pairs and saved modules whose matrix the files have as [in, out]
 * @param kernels of the convolutions that one of the pairs sits beside
 * @param inserted what is put after modules instead
 */
record AdapterParts(
        Map<String, LowRank> lowRanks,
        Set<String> embeddings,
        Map<String, LowRank> anchors,
        Map<String, ModuleValues> saved,
        Map<String, Tensor> biases,
        Set<String> experts,
        Set<String> transposed,
        Map<String, Kernel> kernels,
        InsertedParts inserted) {
    static AdapterParts empty() {
        return new AdapterParts(
                new LinkedHashMap<>(),
                new LinkedHashSet<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashMap<>(),
                new LinkedHashSet<>(),
                new LinkedHashSet<>(),
                new LinkedHashMap<>(),
                InsertedParts.empty());
    }

    /** Takes a copy of a module to be trained whole. */
    void save(AdaptableModule module, Scope owner) {
        saved.put(module.path(), ModuleValues.of(module).copy(owner));
        note(module);
    }

    /** Notes how the files have the module's matrix. */
    void note(AdaptableModule module) {
        if (module instanceof Linear linear && linear.layout().fanInFanOut()) {
            transposed.add(module.path());
        }
    }

    /** What PEFT calls A of the pair at a path. */
    String nameOfA(String path) {
        return TensorNames.loraA(module(path), embeddings.contains(path));
    }

    /** What PEFT calls B of the pair at a path. */
    String nameOfB(String path) {
        return TensorNames.loraB(module(path), embeddings.contains(path));
    }

    private String module(String path) {
        return experts.contains(path) ? ExpertPairs.module(path, experts) : path;
    }
}
