package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Convolution;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.Linear;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a model's modules are called.
 *
 * @param all in the model's order
 * @param linears those that {@code all-linear} means, but for heads
 * @param others those that a low-rank pair can sit beside as well: embeddings and convolutions
 * @param parameters those that {@code target_parameters} means, which are no modules to PEFT
 */
record ModulePaths(List<String> all, Set<String> linears, Set<String> others, Set<String> parameters) {
    static ModulePaths of(Collection<AdaptableModule> modules) {
        return new ModulePaths(
                modules.stream().map(AdaptableModule::path).toList(),
                paths(modules, Linear.class::isInstance),
                paths(modules, module -> module instanceof EmbeddingTable || module instanceof Convolution),
                paths(modules, ExpertStack.class::isInstance));
    }

    private static Set<String> paths(Collection<AdaptableModule> modules, Predicate<AdaptableModule> kind) {
        return modules.stream().filter(kind).map(AdaptableModule::path).collect(Collectors.toSet());
    }

    /** Paths that a low-rank pair can sit beside, in the model's order. */
    List<String> adaptable() {
        return all.stream()
                .filter(path -> linears.contains(path) || others.contains(path))
                .toList();
    }
}
