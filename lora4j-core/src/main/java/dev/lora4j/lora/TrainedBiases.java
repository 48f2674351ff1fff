package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Chooses the biases that a {@link BiasMode} means (PEFT's {@code mark_only_adapters_as_trainable}). */
final class TrainedBiases {
    private TrainedBiases() {}

    /** Copies of them for a fresh adapter. */
    static void copy(BiasMode mode, Collection<AdaptableModule> modules, AdapterParts parts, Scope owner) {
        for (AdaptableModule module : of(mode, modules, parts)) {
            Tensor bias = Objects.requireNonNull(module.bias());
            parts.biases().put(module.path(), owner.keep(bias.copy()));
        }
    }

    /** The modules whose bias is trained; those trained whole have it already. */
    static List<AdaptableModule> of(BiasMode mode, Collection<AdaptableModule> modules, AdapterParts parts) {
        return modules.stream()
                .filter(module -> module.bias() != null && !parts.saved().containsKey(module.path()))
                .filter(module -> switch (mode) {
                    case NONE -> false;
                    case ALL -> true;
                    case LORA_ONLY -> parts.lowRanks().containsKey(module.path());
                })
                .toList();
    }
}
