package dev.lora4j.lora;

import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

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
     * @throws AdapterException if a merged weight is not finite; the base is as before
     */
    public static LanguageModel of(LanguageModel base, Adapter adapter) {
        Scope owner = Scope.shared();
        try {
            UnaryOperator<Linear> merge = linear -> merged(linear, adapter, owner);
            List<Linear> heads = adapter.saved().values().stream()
                    .map(head -> merged(head, adapter, owner))
                    .toList();
            return base.with(merge, heads, owner);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    private static Linear merged(Linear linear, Adapter adapter, Scope owner) {
        Linear saved = adapter.saved().get(linear.path());
        LowRank pair = adapter.lowRanks().get(linear.path());
        if (saved != null) {
            try (Scope scope = Scope.open()) {
                Tensor bias = saved.bias();
                return new Linear(
                        linear.path(),
                        owner.keep(saved.weight().copy()),
                        bias == null ? null : owner.keep(bias.copy()));
            }
        }
        if (pair == null) {
            return linear;
        }
        try (Scope scope = Scope.open()) {
            return linear.withWeight(owner.keep(weight(linear.path(), linear.weight(), pair)));
        }
    }

    /** W + s·B·A, [out, in], checked to be finite; of the calling thread's scope. */
    public static Tensor weight(String path, Tensor weight, LowRank pair) {
        try (Scope scope = Scope.open()) {
            Tensor merged = weight.copy().addProductInPlace(pair.b(), pair.a(), pair.scaling());
            if (!merged.isFinite()) {
                throw new AdapterException(path + ": the merged weight has values that are NaN or infinite;"
                        + " nothing was merged, check the adapter's tensors");
            }
            return scope.give(merged);
        }
    }
}
