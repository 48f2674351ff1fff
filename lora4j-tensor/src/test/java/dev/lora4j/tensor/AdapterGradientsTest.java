package dev.lora4j.tensor;

import static dev.lora4j.tensor.GradientCheck.againstAutograd;
import static dev.lora4j.tensor.GradientCheck.againstDifferences;
import static dev.lora4j.tensor.GradientCheck.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an adapter brings beside A and B, against central differences in float64 and libtorch's autograd. */
class AdapterGradientsTest {
    private final Random random = new Random(24090);
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** x, W, b, A, B, the bias of B and m; the norms are constants of the backward pass. */
    private List<Tensor> linearInputs() {
        return List.of(
                normal(random, 6, 5),
                normal(random, 4, 5),
                normal(random, 4),
                normal(random, 2, 5),
                normal(random, 4, 2),
                normal(random, 4),
                normal(random, 4));
    }

    private static LowRank pair(List<Tensor> in, Tensor norms, Tensor weight) {
        Magnitude magnitude = new Magnitude(in.get(6), norms, FrozenMatrix.of(weight), norms);
        return new LowRank(in.get(3), in.get(4), 0.7).withBias(in.get(5)).withMagnitude(magnitude);
    }

    @Test
    void magnitudeAndBiasOfBOverSomeRows() {
        List<Tensor> inputs = linearInputs();
        Tensor norms = normal(random, 4).square().plus(0.5);
        BiFunction<Tape, List<Tensor>, Tensor> operation = (tape, in) -> LowRankLinear.apply(
                tape, in.get(0), in.get(1), in.get(2), List.of(new Segment(1, 5, pair(in, norms, in.get(1)))));
        Tensor seed = normal(random, 6, 4);
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor base = in.get(0).matmul(in.get(1).transpose(0, 1));
            Tensor low = in.get(0)
                    .matmul(in.get(3).transpose(0, 1))
                    .matmul(in.get(4).transpose(0, 1))
                    .plus(in.get(5))
                    .times(0.7);
            Tensor adapted = base.plus(low).times(in.get(6).dividedBy(norms));
            Tensor rows = Tensor.concatenate(base.rows(0, 1), adapted.rows(1, 5), base.rows(5, 6));
            return rows.plus(in.get(2));
        });
    }

    @Test
    void magnitudeUnderDropoutReadsTheDroppedInput() {
        Tensor w = normal(random, 4, 5); // frozen
        Tensor norms = normal(random, 4).square().plus(0.5);
        DropoutStream stream = new DropoutStream(0.4, 7);
        List<Tensor> inputs =
                List.of(normal(random, 6, 5), normal(random, 2, 5), normal(random, 4, 2), normal(random, 4));
        againstDifferences(inputs, normal(random, 6, 4), (tape, in) -> {
            Magnitude magnitude = new Magnitude(in.get(3), norms, FrozenMatrix.of(w), norms);
            LowRank pair = new LowRank(in.get(1), in.get(2), 0.7).withMagnitude(magnitude);
            Segment segment = new Segment(0, 6, pair, Optional.of(stream));
            return LowRankLinear.apply(tape, in.get(0), w, null, List.of(segment));
        });
    }

    @Test
    void embeddingWithOneAdapterAndBaseRows() {
        Tensor ids = Tensor.of(new long[] {3, 0, 3, 6, 1});
        Tensor norms = normal(random, 4).square().plus(0.5);
        List<Tensor> inputs =
                List.of(normal(random, 7, 4), normal(random, 2, 7), normal(random, 4, 2), normal(random, 4));
        BiFunction<Tape, List<Tensor>, Tensor> operation = (tape, in) -> {
            Magnitude magnitude = new Magnitude(in.get(3), norms, FrozenMatrix.of(in.get(0)), norms);
            LowRank pair = new LowRank(in.get(1), in.get(2), 1.3).withMagnitude(magnitude);
            return LowRankEmbedding.apply(tape, ids, in.get(0), List.of(new Segment(1, 4, pair)));
        };
        Tensor seed = normal(random, 5, 4);
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor delta = in.get(2).matmul(in.get(1)).transpose(0, 1).times(1.3);
            Tensor adapted = in.get(0).plus(delta).times(in.get(3).dividedBy(norms));
            Tensor all = in.get(0).selectRows(ids);
            return Tensor.concatenate(all.rows(0, 1), adapted.selectRows(ids).rows(1, 4), all.rows(4, 5));
        });
    }

    @Test
    void rowsTakenApartAndJoinedInAnotherOrder() {
        List<Tensor> inputs = List.of(normal(random, 5, 3));
        BiFunction<Tape, List<Tensor>, Tensor> operation = (tape, in) -> {
            Tensor first = RowRange.apply(tape, in.get(0), 0, 2);
            Tensor rest = RowRange.apply(tape, in.get(0), 1, 5);
            return Concatenate.apply(tape, List.of(Scale.apply(tape, rest, 2), first));
        };
        Tensor seed = normal(random, 6, 3);
        againstDifferences(inputs, seed, operation);
        againstAutograd(
                inputs,
                seed,
                operation,
                in -> Tensor.concatenate(
                        in.get(0).rows(1, 5).times(2), in.get(0).rows(0, 2)));
    }

    @Test
    void theNormByGramMatricesIsThatOfTheDenseSum() {
        List<Tensor> in = linearInputs();
        LowRank pair = new LowRank(in.get(3), in.get(4), 0.7);
        Tensor dense = in.get(1).plus(pair.delta()).norm(-1).view(4);
        Magnitude magnitude = Magnitude.fresh(scope, FrozenMatrix.of(in.get(1)), pair);
        assertThat(magnitude.norms().toDoubles()).containsExactly(dense.toDoubles(), within(1e-12));
    }

    @Test
    void theNormsFollowThePairWhenTheViewTheyWereMadeOfIsGone() {
        Tensor table = normal(random, 5, 4);
        LowRank pair = new LowRank(normal(random, 2, 5), normal(random, 4, 2), 0.7);
        Magnitude magnitude;
        try (Scope reading = Scope.open()) {
            magnitude = Magnitude.fresh(scope, FrozenMatrix.of(table.transpose(0, 1)), pair);
        }
        pair.b().timesInPlace(2);
        magnitude.refresh(pair);
        Tensor dense = table.transpose(0, 1).plus(pair.delta()).norm(-1).view(4);
        assertThat(magnitude.norms().toDoubles()).containsExactly(dense.toDoubles(), within(1e-12));
    }

    @Test
    void rowsOfZerosGiveNoNan() {
        Tensor weight = Tensor.zeros(DType.F64, 4, 5);
        LowRank plain = new LowRank(normal(random, 2, 5), Tensor.zeros(DType.F64, 4, 2), 1);
        LowRank pair = plain.withMagnitude(Magnitude.fresh(scope, FrozenMatrix.of(weight), plain));
        Tensor x = normal(random, 3, 5);
        Magnitude magnitude = Objects.requireNonNull(pair.magnitude());
        try (Tape tape = Tape.recording(List.of(pair.a(), pair.b(), magnitude.values()))) {
            Tensor y = LowRankLinear.apply(tape, x, weight, null, List.of(new Segment(0, 3, pair)));
            assertThat(y.isFinite()).isTrue();
            tape.seed(y, normal(random, 3, 4));
            tape.backward();
            assertThat(tape.gradient(magnitude.values()).orElseThrow().isFinite())
                    .isTrue();
        }
    }
}
