package dev.lora4j.plan;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Linear;
import dev.lora4j.model.Norm;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Which operations of a pass a tape records, and what of its input each linear layer has it keep.
 *
 * @param ranks of pairs, by path
 * @param dropout whether the inputs of pairs go through dropout
 * @param weights whether every weight is trained
 * @param biases whether every bias is trained
 */
record Tracking(Map<String, Long> ranks, boolean dropout, boolean weights, boolean biases) {
    static Tracking of(PlanSettings settings, TrainedValues trained) {
        return new Tracking(
                trained.ranks(),
                settings.lora().dropout() > 0,
                settings.method() == PlanMethod.FULL,
                settings.method() == PlanMethod.BITFIT);
    }

    /** Whether an operation of this module is recorded even if nothing below it was trained. */
    boolean changes(AdaptableModule module) {
        return weights || ranks.containsKey(module.path()) || (biases && module.bias() != null);
    }

    boolean changesAny(List<? extends AdaptableModule> modules) {
        return modules.stream().anyMatch(this::changes);
    }

    /** Whether a norm's operation is recorded. */
    boolean keeps(Norm norm, boolean inputTracked) {
        return inputTracked || changes(norm);
    }

    /**
     * Values a token that layers with one input keep of it.
     *
     * @param kept whether another operation keeps the input anyway
     */
    long inputs(List<Linear> layers, boolean kept) {
        long values = 0;
        boolean shared = false;
        for (Linear layer : layers) {
            Long rank = ranks.get(layer.path());
            if (rank != null) {
                values += Objects.requireNonNull(rank) + (dropout ? 2 * layer.inFeatures() : 0);
            }
            shared |= weights || (rank != null && !dropout);
        }
        return values + (shared && !kept && !layers.isEmpty() ? layers.get(0).inFeatures() : 0);
    }
}
