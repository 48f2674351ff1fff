package dev.lora4j.tensor;

import static dev.lora4j.tensor.GradientCheck.assertClose;
import static dev.lora4j.tensor.GradientCheck.normal;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The losses, which seed their own gradients, against definitions and central differences. */
class LossGradientsTest {
    private final Random random = new Random(511);
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private final double[] weights = {0.5, 0.25, 1, 0};
    private final long[] labels = {2, 0, 4, 1};

    private CrossEntropy.Targets targets(double smoothing) {
        return new CrossEntropy.Targets(Tensor.of(labels), Tensor.of(weights, 4), smoothing);
    }

    /** Checks the seeded gradient of Σ weight · loss for each input. */
    private void check(List<Tensor> inputs, BiFunction<Tape, List<Tensor>, Tensor> loss) {
        double step = 1e-6;
        try (Tape tape = Tape.recording(inputs)) {
            assertThat(loss.apply(tape, inputs).elements()).isEqualTo(4);
            tape.backward();
            for (int i = 0; i < inputs.size(); i++) {
                double[] expected = new double[(int) inputs.get(i).elements()];
                for (int j = 0; j < expected.length; j++) {
                    expected[j] = (total(inputs, i, j, step, loss) - total(inputs, i, j, -step, loss)) / (2 * step);
                }
                assertClose(tape.gradient(inputs.get(i)).orElseThrow().toDoubles(), expected, 1e-6, "input " + i);
            }
        }
    }

    private double total(
            List<Tensor> inputs, int input, int element, double shift, BiFunction<Tape, List<Tensor>, Tensor> loss) {
        List<Tensor> moved = new ArrayList<>(inputs);
        double[] values = inputs.get(input).toDoubles();
        values[element] += shift;
        moved.set(input, Tensor.of(values, inputs.get(input).shape()));
        double[] losses = loss.apply(Tape.inference(), moved).toDoubles();
        double sum = 0;
        for (int i = 0; i < losses.length; i++) {
            sum += weights[i] * losses[i];
        }
        return sum;
    }

    @Test
    void crossEntropyIsItsDefinition() {
        Tensor logits = normal(random, 4, 5);
        for (double smoothing : new double[] {0, 0.1}) {
            double[] z = logits.toDoubles();
            double[] expected = new double[4];
            for (int i = 0; i < 4; i++) {
                double sum = 0;
                double mean = 0;
                for (int c = 0; c < 5; c++) {
                    sum += Math.exp(z[i * 5 + c]);
                    mean += z[i * 5 + c] / 5;
                }
                double nll = Math.log(sum) - z[i * 5 + (int) labels[i]];
                expected[i] = (1 - smoothing) * nll + smoothing * (Math.log(sum) - mean);
            }
            assertClose(
                    CrossEntropy.apply(Tape.inference(), logits, targets(smoothing))
                            .toDoubles(),
                    expected,
                    1e-12,
                    "loss");
        }
    }

    @Test
    void crossEntropyGradients() {
        for (double smoothing : new double[] {0, 0.1}) {
            check(List.of(normal(random, 4, 5)), (tape, in) -> CrossEntropy.apply(tape, in.get(0), targets(smoothing)));
        }
    }

    @Test
    void vocabularyLossWithAdaptedTrainedAndCappedHead() {
        List<Tensor> inputs =
                List.of(normal(random, 4, 3), normal(random, 5, 3), normal(random, 2, 3), normal(random, 5, 2));
        for (double softcap : new double[] {0, 2}) {
            check(inputs, (tape, in) -> {
                Segment segment = new Segment(1, 4, new LowRank(in.get(2), in.get(3), 0.7));
                VocabularyLoss.Head head = new VocabularyLoss.Head(in.get(1), List.of(segment), softcap);
                return VocabularyLoss.apply(tape, in.get(0), head, targets(0.1));
            });
        }
    }

    @Test
    void vocabularyLossInManyChunksEqualsOne() {
        // 40,000 classes make chunks of 419 rows: 1,000 rows are three chunks, the last one short
        int rows = 1000;
        int classes = 40_000;
        Tensor hidden = Random32.normal(1, rows, 2);
        Tensor weight = Random32.normal(2, classes, 2);
        long[] all = new long[rows];
        float[] ones = new float[rows];
        for (int i = 0; i < rows; i++) {
            all[i] = (i * 37L) % classes;
            ones[i] = 1f / rows;
        }
        CrossEntropy.Targets targets = new CrossEntropy.Targets(Tensor.of(all), Tensor.of(ones, rows), 0);
        try (Tape chunked = Tape.recording(List.of(hidden));
                Tape whole = Tape.recording(List.of(hidden))) {
            Tensor losses =
                    VocabularyLoss.apply(chunked, hidden, new VocabularyLoss.Head(weight, List.of(), 0), targets);
            Tensor logits = LowRankLinear.apply(whole, hidden, weight, null, List.of());
            Tensor expected = CrossEntropy.apply(whole, logits, targets);
            chunked.backward();
            whole.backward();
            // float32 sums of 40,000 terms in another order
            assertClose(losses.toDoubles(), expected.toDoubles(), 1e-5, "loss");
            assertClose(
                    chunked.gradient(hidden).orElseThrow().toDoubles(),
                    whole.gradient(hidden).orElseThrow().toDoubles(),
                    1e-6,
                    "gradient");
        }
    }

    @Test
    void squaredErrorGradients() {
        Tensor target = normal(random, 4, 1);
        Tensor weight = Tensor.of(weights, 4, 1);
        check(List.of(normal(random, 4, 1)), (tape, in) -> SquaredError.apply(tape, in.get(0), target, weight));
    }

    private static final class Random32 {
        static Tensor normal(long key, long... shape) {
            return dev.lora4j.tensor.Random.normal(key, 1, shape);
        }
    }
}
