package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.Linear;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a model's modules are called.
 *
 * @param all in the model's order
 * @param linears those that {@code all-linear} means, but for heads
 * @param embeddings those that a low-rank pair can sit beside as well
 * @param parameters those that {@code target_parameters} means, which are no modules to PEFT
 */
record ModulePaths(List<String> all, Set<String> linears, Set<String> embeddings, Set<String> parameters) {
    static ModulePaths of(Collection<AdaptableModule> modules) {
        return new ModulePaths(
                modules.stream().map(AdaptableModule::path).toList(),
                paths(modules, Linear.class),
                paths(modules, EmbeddingTable.class),
                paths(modules, ExpertStack.class));
    }

    private static Set<String> paths(Collection<AdaptableModule> modules, Class<? extends AdaptableModule> kind) {
        return modules.stream()
                .filter(kind::isInstance)
                .map(AdaptableModule::path)
                .collect(Collectors.toSet());
    }

    /** Paths that a low-rank pair can sit beside, in the model's order. */
    List<String> adaptable() {
        return all.stream()
                .filter(path -> linears.contains(path) || embeddings.contains(path))
                .toList();
    }
}
