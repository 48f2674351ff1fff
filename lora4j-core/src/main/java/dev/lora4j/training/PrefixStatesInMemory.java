package dev.lora4j.training;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;

/** Hidden states in native memory, for a run without an output folder. */
final class PrefixStatesInMemory implements PrefixStates {
    private final Scope owner = Scope.shared();
    private final Tensor all;

    PrefixStatesInMemory(long tokens, long width) {
        try (Scope scope = Scope.open()) {
            all = owner.keep(Tensor.empty(DType.F32, tokens, width));
        }
    }

    @Override
    public void write(long first, Tensor states) {
        try (Scope scope = Scope.open()) {
            all.rows(first, first + states.size(0)).copyFrom(states);
        }
    }

    @Override
    public void read(long first, Tensor into) {
        try (Scope scope = Scope.open()) {
            into.copyFrom(all.rows(first, first + into.size(0)));
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
