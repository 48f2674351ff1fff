package dev.lora4j.training;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * AdamW with decoupled weight decay (arXiv 1711.05101; {@code torch.optim.AdamW}).
 *
 * <pre>
 * p ← p · (1 − lr · decay)
 * m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²
 * p ← p − lr / (1 − β₁ᵗ) · m / (√(v / (1 − β₂ᵗ)) + ε)
 * </pre>
 *
 * <p>Confined to one thread. Holds two values per trained value until closed.
 */
final class AdamW implements AutoCloseable {
    private final Settings settings;
    private final Map<String, Tensor> parameters;
    private final Map<String, Moments> moments = new LinkedHashMap<>();
    private final Scope scope = Scope.shared();
    private long steps;

    /** The rates of decay of the moments, ε, the decoupled weight decay and the ratio of LoRA+. */
    record Settings(double beta1, double beta2, double epsilon, double weightDecay, double loraPlusRatio) {}

    private record Moments(Tensor first, Tensor second) {}

    /** Starts with zero moments for these parameters, which it will change in place. */
    AdamW(Settings settings, Map<String, Tensor> parameters) {
        this.settings = settings;
        this.parameters = parameters;
        try (Scope creating = Scope.open()) {
            parameters.forEach((name, parameter) -> moments.put(
                    name,
                    new Moments(scope.keep(Tensor.zerosLike(parameter)), scope.keep(Tensor.zerosLike(parameter)))));
        }
    }

    /** One step with these gradients, by the parameters' names; a parameter without one only decays. */
    void step(Map<String, Tensor> gradients, double learningRate) {
        steps++;
        double correction1 = 1 - Math.pow(settings.beta1(), (double) steps);
        double correction2 = 1 - Math.pow(settings.beta2(), (double) steps);
        try (Scope stepping = Scope.open()) {
            parameters.forEach((name, parameter) -> {
                Tensor gradient = gradients.get(name);
                if (gradient != null) {
                    ParameterGroup group = ParameterGroup.of(name, parameter, settings.loraPlusRatio());
                    if (group.decays()) {
                        parameter.timesInPlace(1 - group.rate() * learningRate * settings.weightDecay());
                    }
                    update(parameter, gradient, moments(name), group.rate() * learningRate, correction1, correction2);
                }
            });
        }
    }

    private void update(
            Tensor parameter,
            Tensor gradient,
            Moments moment,
            double learningRate,
            double correction1,
            double correction2) {
        moment.first().timesInPlace(settings.beta1()).addInPlace(gradient, 1 - settings.beta1());
        moment.second().timesInPlace(settings.beta2()).addTimesInPlace(gradient, gradient, 1 - settings.beta2());
        Tensor denominator =
                moment.second().sqrt().timesInPlace(1 / Math.sqrt(correction2)).addInPlace(settings.epsilon());
        parameter.addQuotientInPlace(moment.first(), denominator, -learningRate / correction1);
    }

    private Moments moments(String name) {
        return Objects.requireNonNull(moments.get(name));
    }

    /** Steps taken. */
    long steps() {
        return steps;
    }

    /** The moments by name, for a checkpoint. */
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        moments.forEach((name, moment) -> {
            state.put("first." + name, moment.first());
            state.put("second." + name, moment.second());
        });
        return state;
    }

    /** Takes up the moments of a checkpoint; they have the names and shapes that {@link #state} gives. */
    void restore(Map<String, Tensor> state, long stepsTaken) {
        state().forEach((name, tensor) -> {
            Tensor stored = Objects.requireNonNull(state.get(name), name);
            tensor.copyFrom(stored.to(DType.F32));
        });
        steps = stepsTaken;
    }

    @Override
    public void close() {
        scope.close();
    }
}
