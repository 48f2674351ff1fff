package dev.lora4j.training;

import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The gradients of one adapter over an optimizer step, summed over its micro-batches. */
final class Gradients {
    private final Scope owner;
    private final Map<String, Tensor> sums = new LinkedHashMap<>();

    /** Sums that live in the step's scope. */
    Gradients(Scope owner) {
        this.owner = owner;
    }

    void add(Tape tape, Map<String, Tensor> parameters) {
        parameters.forEach((name, parameter) -> tape.gradient(parameter).ifPresent(gradient -> {
            if (sums.containsKey(name)) {
                Objects.requireNonNull(sums.get(name)).addInPlace(gradient, 1);
            } else {
                sums.put(name, owner.keep(gradient));
            }
        }));
    }

    Map<String, Tensor> byName() {
        return sums;
    }

    /** Euclidean norm over all values together ({@code torch.nn.utils.clip_grad_norm_}). */
    double norm() {
        double squares = 0;
        try (Scope scope = Scope.open()) {
            for (Tensor gradient : sums.values()) {
                squares += gradient.square().sum().item();
            }
        }
        return Math.sqrt(squares);
    }

    /** Scales down to a norm if it is above. */
    void clip(double norm, double most) {
        if (most > 0 && norm > most) {
            sums.values().forEach(gradient -> gradient.timesInPlace(most / (norm + 1e-6)));
        }
    }
}
