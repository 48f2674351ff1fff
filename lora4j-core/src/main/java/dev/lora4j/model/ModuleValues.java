package dev.lora4j.model;

import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Values of a module's own: its weight and, if it has one, its bias.
 *
 * @param weight as in {@link AdaptableModule#weight}
 */
public record ModuleValues(Tensor weight, @Nullable Tensor bias) {
    /** The shapes of a linear layer [out, in] without values, which read as zero and take no memory. */
    public static ModuleValues outline(long out, long in, boolean bias) {
        return new ModuleValues(Tensor.repeated(0, out, in), bias ? Tensor.repeated(0, out) : null);
    }

    /** The values that a module has. */
    public static ModuleValues of(AdaptableModule module) {
        return new ModuleValues(module.weight(), module.bias());
    }

    /** A copy that belongs to a scope. */
    public ModuleValues copy(Scope owner) {
        try (Scope copying = Scope.open()) {
            return new ModuleValues(owner.keep(weight.copy()), bias == null ? null : owner.keep(bias.copy()));
        }
    }
}
