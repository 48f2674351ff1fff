package dev.lora4j.model;

import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Says which values a module is to have in a view of a model. */
@FunctionalInterface
public interface ModuleChange {
    /** What this module is to have. */
    Values apply(AdaptableModule module);

    /** Layers with what they are to have, each on its own. */
    default SiblingLinears siblings(SiblingLinears siblings) {
        return new SiblingLinears(
                siblings.layers().stream().map(layer -> layer.map(this)).toList(), null);
    }

    /**
     * A layer's matrix of the values that it is to have: that tensor, which may change later.
     *
     * @param owner of what is kept
     */
    default FrozenMatrix matrix(Linear layer, Tensor values, Scope owner) {
        return FrozenMatrix.of(owner.keep(values));
    }

    /**
     * Values of a module in the view.
     *
     * @param weight in place of the module's, or null where that stays
     * @param bias as it is to be, or null for none
     */
    record Values(@Nullable Tensor weight, @Nullable Tensor bias) {
        /** Those that the module has. */
        public static Values unchanged(AdaptableModule module) {
            return new Values(null, module.bias());
        }

        Tensor weightOr(Tensor own) {
            return weight == null ? own : weight;
        }
    }
}
