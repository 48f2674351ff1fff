package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModuleChange;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Adapters added to a model's weights in place and taken out again by subtraction, as the paper does (section 4.1).
 *
 * <pre>merge: W ← W + s·B·A     unmerge: W ← W − s·B·A</pre>
 *
 * <p>The base itself is never written: its weights are shared and mapped from a file. {@link #model} is a view of it in
 * which the adapted layers have one writable copy, whatever the number of adapters that come and go, where {@link
 * MergedModel} has a copy for each.
 *
 * <p>What it costs is precision. A sum in float32 is rounded to 2⁻²⁴ of its value, and the subtraction does not know how:
 * merging and unmerging leaves each weight w off by at most about 2⁻²³ · (|w| + |ΔW|), below 1e-6 for weights and changes
 * of size 1, and this adds up over many switches. {@link #reset} is exact, bit for bit.
 *
 * <p>Confined to one thread: no call may run on the model while an adapter is merged or unmerged.
 */
public final class InPlaceMerge implements AutoCloseable {
    private final LanguageModel base;
    private final LanguageModel model;
    private final Map<String, Tensor> weights;
    private final Map<String, Adapter> merged = new LinkedHashMap<>();

    private InPlaceMerge(LanguageModel base, LanguageModel model, Map<String, Tensor> weights) {
        this.base = base;
        this.model = model;
        this.weights = weights;
    }

    /**
     * A view of a model with writable copies of the layers that any of these adapters changes; nothing is merged yet.
     *
     * @param base borrowed; to be closed after this
     */
    public static InPlaceMerge of(LanguageModel base, Collection<Adapter> adapters) {
        Set<String> paths = new LinkedHashSet<>();
        adapters.forEach(adapter -> paths.addAll(adapter.lowRanks().keySet()));
        Scope owner = Scope.shared();
        try (Scope making = Scope.open()) {
            LanguageModel model = base.with(module -> writable(module, paths), List.of(), owner);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            for (AdaptableModule module : model.modules()) {
                if (paths.contains(module.path())) {
                    weights.put(module.path(), owner.keep(WeightMatrix.of(module)));
                }
            }
            return new InPlaceMerge(base, model, weights);
        } catch (RuntimeException | Error e) {
            owner.close();
            throw e;
        }
    }

    private static ModuleChange.Values writable(AdaptableModule module, Set<String> paths) {
        if (!paths.contains(module.path())) {
            return ModuleChange.Values.unchanged(module);
        }
        try (Scope copying = Scope.open()) {
            Tensor copy = WeightMatrix.of(module).copy();
            return new ModuleChange.Values(copying.give(WeightMatrix.restored(module, copy)), module.bias());
        }
    }

    /** The model with whatever is merged; closed with this. */
    public LanguageModel model() {
        return model;
    }

    /** Names of the adapters that are merged, in that order. */
    public Set<String> merged() {
        return new LinkedHashSet<>(merged.keySet());
    }

    /**
     * Adds an adapter to the weights; merging it twice is merging it once.
     *
     * @param name to take it out by
     * @param adapter borrowed; what was merged is remembered, whatever becomes of it
     * @return false if it is merged already
     * @throws AdapterException if another adapter is merged under the name, the adapter changes a layer that has no
     *     writable copy or has modules trained whole, or a merged weight is not finite; every weight is as before
     */
    public boolean merge(String name, Adapter adapter) {
        Adapter present = merged.get(name);
        if (present != null && present.digest().equals(adapter.digest())) {
            return false;
        }
        if (present != null) {
            throw new AdapterException("another " + name + " is merged already; unmerge it first");
        }
        requireMergeable(name, adapter);
        for (String path : adapter.lowRanks().keySet()) {
            try (Scope checking = Scope.open()) {
                Tensor sum = weight(path);
                for (LowRank pair : adapter.pairs(path)) {
                    sum = MergedModel.weight(path, sum, pair); // throws if a value is not finite
                }
            }
        }
        merged.put(name, adapter.copy());
        add(adapter, 1);
        return true;
    }

    private void requireMergeable(String name, Adapter adapter) {
        adapter.requireNothingInserted("merged");
        List<String> others = new ArrayList<>(adapter.saved().keySet());
        others.addAll(adapter.biases().keySet());
        if (!others.isEmpty()) {
            throw new AdapterException(name + " has values of its own for " + String.join(", ", others)
                    + ", which subtraction cannot take out; merge it as a view instead");
        }
        if (adapter.config().isDora() || adapter.config().hasLoraBias()) {
            throw new AdapterException(name + " uses " + (adapter.config().isDora() ? "DoRA" : "a bias of B")
                    + ", which is more than a sum of weights; merge it as a view instead");
        }
        if (!adapter.parts().experts().isEmpty()) {
            throw new AdapterException(
                    name + " changes experts, each by a pair of its own; merge it as a view instead");
        }
        for (String path : adapter.lowRanks().keySet()) {
            if (!weights.containsKey(path)) {
                throw new AdapterException(name + " changes " + path
                        + ", which has no writable copy here; name the adapter when the copies are made");
            }
        }
    }

    private Tensor weight(String path) {
        return Objects.requireNonNull(weights.get(path), path);
    }

    private void add(Adapter adapter, double sign) {
        try (Scope adding = Scope.open()) {
            for (String path : adapter.lowRanks().keySet()) {
                for (LowRank pair : adapter.pairs(path)) {
                    weight(path).addProductInPlace(pair.b(), pair.a(), sign * pair.scaling());
                }
            }
        }
    }

    /**
     * Takes an adapter out of the weights by subtraction, in any order.
     *
     * @throws AdapterException if none of this name is merged
     */
    public void unmerge(String name) {
        Adapter adapter = merged.remove(name);
        if (adapter == null) {
            throw new AdapterException(
                    name + " is not merged; merged are " + (merged.isEmpty() ? "none" : String.join(", ", merged())));
        }
        try (adapter) {
            add(adapter, -1);
        }
    }

    /** Takes everything out by copying the base's weights anew: exact, bit for bit. */
    public void reset() {
        for (AdaptableModule module : base.modules()) {
            Tensor copy = weights.get(module.path());
            if (copy != null) {
                try (Scope copying = Scope.open()) {
                    copy.copyFrom(WeightMatrix.of(module));
                }
            }
        }
        forget();
    }

    private void forget() {
        merged.values().forEach(Adapter::close);
        merged.clear();
    }

    @Override
    public void close() {
        forget();
        model.close();
    }
}
