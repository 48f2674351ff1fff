package dev.lora4j.model;

import dev.lora4j.tensor.FewRows;
import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers that read the same rows, such as queries, keys and values.
 *
 * <p>In generation a product of few rows costs a good part of its time before it begins, so these are computed as one where
 * their matrices lie one below another in memory.
 *
 * @param joint the matrices of all, of which each layer's is a part; null where they lie apart
 */
record SiblingLinears(List<Linear> layers, @Nullable FrozenMatrix joint) {
    SiblingLinears {
        layers = List.copyOf(layers);
    }

    /**
     * What each layer gives, in order.
     *
     * @param x [rows, in]
     */
    List<Tensor> apply(Tape tape, Tensor x, Routing routing) {
        if (joint == null || !tape.generates() || !FewRows.are(x) || isReplaced(routing)) {
            return layers.stream().map(layer -> layer.apply(tape, x, routing)).toList();
        }
        Tensor all = joint.quickProduct(x, null);
        List<Tensor> parts = new ArrayList<>();
        long first = 0;
        for (Linear layer : layers) {
            Tensor y = all.narrow(1, first, layer.outFeatures()).contiguous();
            if (layer.bias() != null) {
                y.addInPlace(layer.bias(), 1);
            }
            LowRankLinear.addSegments(x, y, layer.matrix(), layer.bias(), routing.segments(layer.path()));
            parts.add(y);
            first += layer.outFeatures();
        }
        return parts;
    }

    private boolean isReplaced(Routing routing) {
        return layers.stream()
                .anyMatch(layer -> !routing.replacements(layer.path()).isEmpty());
    }

    /** The same layers with the values that a change says; one below another again if they were. */
    SiblingLinears map(ModuleChange change) {
        return change.siblings(this);
    }
}
