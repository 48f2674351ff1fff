package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModuleChange;
import dev.lora4j.model.ModuleValues;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Magnitude;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An adapter merged into its base as a view: W₁ = W + s·B·A for the targets, everything else shared.
 *
 * <p>The base is untouched, so closing the view is the exact un-merge, bit for bit.
 */
public final class MergedModel {
    private MergedModel() {}

    /**
     * Merges.
     *
     * @return a model of its own native memory for the merged layers; close it before the base
     * @throws AdapterException if a merged weight is not finite, or the adapter puts values between the modules; the base is
     *     as before
     */
    public static LanguageModel of(LanguageModel base, Adapter adapter) {
        adapter.requireNothingInserted("merged");
        Scope owner = Scope.shared();
        try {
            List<Linear> heads = adapter.saved().entrySet().stream()
                    .filter(entry -> entry.getValue().weight().rank() == 2)
                    .map(entry -> Linear.of(entry.getKey(), entry.getValue().copy(owner)))
                    .toList();
            return base.with(new Merging(adapter, owner), heads, owner);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    /** Merged values never change, so they may lie as the base's do. */
    private record Merging(Adapter adapter, Scope owner) implements ModuleChange {
        @Override
        public Values apply(AdaptableModule module) {
            return merged(module, adapter, owner);
        }

        @Override
        public FrozenMatrix matrix(Linear layer, Tensor values, Scope keeper) {
            return layer.matrix().like(values, keeper);
        }
    }

    private static ModuleChange.Values merged(AdaptableModule module, Adapter adapter, Scope owner) {
        String path = module.path();
        ModuleValues saved = adapter.saved().get(path);
        if (saved != null) {
            ModuleValues copy = saved.copy(owner);
            return new ModuleChange.Values(copy.weight(), copy.bias());
        }
        try (Scope scope = Scope.open()) {
            Tensor bias = adapter.biases().getOrDefault(path, module.bias());
            Tensor matrix = null;
            for (LowRank pair : adapter.pairs(path)) {
                if (module instanceof ExpertStack stack) {
                    return new ModuleChange.Values(scope.give(ExpertPairs.merged(stack, pair)), null);
                }
                matrix = weight(path, matrix == null ? WeightMatrix.of(module) : matrix, pair);
                bias = bias(bias, pair);
            }
            return new ModuleChange.Values(
                    matrix == null
                            ? null
                            : scope.give(WeightMatrix.restored(module, matrix).contiguous()),
                    bias == null || bias == module.bias() ? bias : scope.give(bias.copy()));
        }
    }

    private static @Nullable Tensor bias(@Nullable Tensor bias, LowRank pair) {
        if (pair.bias() == null) {
            return bias;
        }
        Tensor scaled = pair.bias().times(pair.scaling());
        return bias == null ? scaled : scaled.plus(bias);
    }

    /** The merged weight [out, in]: W + s·B·A, with DoRA m/n ∘ that; checked to be finite; of the thread's scope. */
    public static Tensor weight(String path, Tensor weight, LowRank pair) {
        try (Scope scope = Scope.open()) {
            Tensor merged = weight.copy().addProductInPlace(pair.b(), pair.a(), pair.scaling());
            Magnitude magnitude = pair.magnitude();
            if (magnitude != null) {
                merged.timesInPlace(magnitude.factor().view(merged.size(0), 1));
            }
            if (!merged.isFinite()) {
                throw new AdapterException(path + ": the merged weight has values that are NaN or infinite;"
                        + " nothing was merged, check the adapter's tensors");
            }
            return scope.give(merged);
        }
    }
}
