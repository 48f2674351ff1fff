package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Holds an operation's backward pass against central differences in float64 and against libtorch's autograd. */
final class GradientCheck {
    private static final double STEP = 1e-6;

    private GradientCheck() {}

    /** A float64 tensor of standard normal values. */
    static Tensor normal(Random random, long... shape) {
        int count = 1;
        for (long dimension : shape) {
            count = Math.toIntExact(count * dimension);
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    /** The gradients that the tape gives for Σ seed ∘ f(inputs). */
    static List<Tensor> taped(List<Tensor> inputs, Tensor seed, BiFunction<Tape, List<Tensor>, Tensor> operation) {
        try (Scope scope = Scope.open();
                Tape tape = Tape.recording(inputs)) {
            Tensor y = operation.apply(tape, inputs);
            tape.seed(y, seed);
            tape.backward();
            return inputs.stream()
                    .map(input -> scope.give(tape.gradient(input).orElseThrow().copy()))
                    .toList();
        }
    }

    /** Central differences of Σ seed ∘ f(inputs), accurate to about 1e-9 relative in float64. */
    static void againstDifferences(List<Tensor> inputs, Tensor seed, BiFunction<Tape, List<Tensor>, Tensor> operation) {
        List<Tensor> gradients = taped(inputs, seed, operation);
        for (int i = 0; i < inputs.size(); i++) {
            double[] expected = new double[(int) inputs.get(i).elements()];
            for (int j = 0; j < expected.length; j++) {
                expected[j] = (value(inputs, i, j, STEP, seed, operation) - value(inputs, i, j, -STEP, seed, operation))
                        / (2 * STEP);
            }
            assertClose(gradients.get(i).toDoubles(), expected, 1e-6, "input " + i);
        }
    }

    private static double value(
            List<Tensor> inputs,
            int input,
            int element,
            double shift,
            Tensor seed,
            BiFunction<Tape, List<Tensor>, Tensor> operation) {
        try (Scope scope = Scope.open()) {
            List<Tensor> moved = new java.util.ArrayList<>(inputs);
            double[] values = inputs.get(input).toDoubles();
            values[element] += shift;
            moved.set(input, Tensor.of(values, inputs.get(input).shape()));
            return operation.apply(Tape.inference(), moved).times(seed).sum().item();
        }
    }

    /** libtorch's gradients of the same function written with plain tensor methods. */
    static void againstAutograd(
            List<Tensor> inputs,
            Tensor seed,
            BiFunction<Tape, List<Tensor>, Tensor> operation,
            java.util.function.Function<List<Tensor>, Tensor> plain) {
        List<Tensor> gradients = taped(inputs, seed, operation);
        try (Scope scope = Scope.open()) {
            List<Tensor> leaves = inputs.stream()
                    .map(input -> new Tensor(input.at().detach().requires_grad_(true)))
                    .toList();
            Tensor y = plain.apply(leaves);
            Tensor ours = operation.apply(Tape.inference(), inputs);
            assertClose(ours.toDoubles(), y.toDoubles(), 1e-10, "value");
            TensorVector expected = torch.grad(
                    new TensorVector(y.at()),
                    new TensorVector(leaves.stream().map(Tensor::at).toArray(org.bytedeco.pytorch.Tensor[]::new)),
                    new TensorVector(seed.at()),
                    new org.bytedeco.pytorch.BoolOptional(false),
                    false,
                    false);
            for (int i = 0; i < inputs.size(); i++) {
                assertClose(gradients.get(i).toDoubles(), new Tensor(expected.get(i)).toDoubles(), 1e-10, "input " + i);
            }
        }
    }

    static void assertClose(double[] found, double[] expected, double tolerance, String what) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i])
                    .as("%s, element %d", what, i)
                    .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
        }
    }
}
