package dev.lora4j.model;

import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A change whose values belong to the view that is made by it. */
record OwnedChange(ModuleChange change, Scope owner) implements ModuleChange {
    @Override
    public Values apply(AdaptableModule module) {
        try (Scope scope = Scope.open()) {
            Values values = change.apply(module);
            if (values.weight() != null) {
                if (module instanceof Linear) {
                    scope.give(values.weight()); // whether it is kept is for matrix() to say
                } else {
                    owner.keep(values.weight());
                }
            }
            if (values.bias() != null) {
                owner.keep(values.bias());
            }
            return values;
        }
    }

    @Override
    public FrozenMatrix matrix(Linear layer, Tensor values, Scope around) {
        return change.matrix(layer, values, owner);
    }

    /** Changed matrices are copied one below another, with those of their siblings. */
    @Override
    public SiblingLinears siblings(SiblingLinears siblings) {
        if (siblings.joint() == null) {
            return ModuleChange.super.siblings(siblings);
        }
        try (Scope scope = Scope.open()) {
            List<Values> all = siblings.layers().stream().map(change::apply).toList();
            FrozenMatrix joint = siblings.joint();
            if (all.stream().anyMatch(values -> values.weight() != null)) {
                Tensor[] weights = new Tensor[all.size()];
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = all.get(i).weightOr(siblings.layers().get(i).weight());
                }
                joint = FrozenMatrix.of(owner.keep(Tensor.concatenate(weights)));
            }
            return parts(siblings.layers(), all, joint);
        }
    }

    private SiblingLinears parts(List<Linear> layers, List<Values> all, FrozenMatrix joint) {
        List<Linear> parts = new ArrayList<>();
        long first = 0;
        for (int i = 0; i < layers.size(); i++) {
            Linear layer = layers.get(i);
            Tensor bias = all.get(i).bias();
            FrozenMatrix matrix = joint.outputs(first, first + layer.outFeatures(), owner);
            parts.add(new Linear(layer.path(), matrix, bias == null ? null : owner.keep(bias), layer.layout()));
            first += layer.outFeatures();
        }
        return new SiblingLinears(parts, joint);
    }
}
