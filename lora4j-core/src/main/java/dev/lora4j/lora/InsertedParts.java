package dev.lora4j.lora;

import dev.lora4j.model.Bottleneck;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an adapter puts after modules instead of beside them, by their paths.
 *
 * @param bottlenecks of the methods that have them
 * @param states of virtual tokens [tokens, hidden], in place of the module's own
 */
record InsertedParts(Map<String, Bottleneck> bottlenecks, Map<String, Tensor> states) {
    static InsertedParts empty() {
        return new InsertedParts(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    boolean isEmpty() {
        return bottlenecks.isEmpty() && states.isEmpty();
    }

    boolean changes(String path) {
        return bottlenecks.containsKey(path) || states.containsKey(path);
    }

    int virtualTokens() {
        return states.values().stream()
                .mapToInt(table -> Math.toIntExact(table.size(0)))
                .findFirst()
                .orElse(0);
    }

    /** By the names in the files. */
    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        bottlenecks.forEach((path, bottleneck) -> {
            String name = path + ".bottleneck";
            Bottleneck.Scales norm = bottleneck.norm();
            if (norm != null) {
                tensors.put(TensorNames.weight(name + ".norm"), norm.weight());
                tensors.put(TensorNames.bias(name + ".norm"), norm.bias());
            }
            tensors.put(TensorNames.weight(name + ".down"), bottleneck.down());
            tensors.put(TensorNames.bias(name + ".down"), bottleneck.downBias());
            tensors.put(TensorNames.weight(name + ".up"), bottleneck.up());
            tensors.put(TensorNames.bias(name + ".up"), bottleneck.upBias());
        });
        states.forEach((path, table) -> tensors.put(TensorNames.weight(path + ".virtual_tokens"), table));
        return tensors;
    }

    void copyInto(InsertedParts other, Scope owner) {
        bottlenecks.forEach((path, bottleneck) -> other.bottlenecks.put(path, copy(bottleneck, owner)));
        states.forEach((path, table) -> other.states.put(path, owner.keep(table.copy())));
    }

    private static Bottleneck copy(Bottleneck bottleneck, Scope owner) {
        Bottleneck.Scales norm = bottleneck.norm();
        return new Bottleneck(
                owner.keep(bottleneck.down().copy()),
                owner.keep(bottleneck.downBias().copy()),
                owner.keep(bottleneck.up().copy()),
                owner.keep(bottleneck.upBias().copy()),
                norm == null
                        ? null
                        : new Bottleneck.Scales(
                                owner.keep(norm.weight().copy()),
                                owner.keep(norm.bias().copy())));
    }
}
