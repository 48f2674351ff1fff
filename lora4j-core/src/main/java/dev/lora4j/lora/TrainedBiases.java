package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import java.util.Collection;
import java.util.List;

/** Chooses the biases that a {@link BiasMode} means (PEFT's {@code mark_only_adapters_as_trainable}). */
final class TrainedBiases {
    private TrainedBiases() {}

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
