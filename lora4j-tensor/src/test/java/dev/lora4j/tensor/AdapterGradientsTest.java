package dev.lora4j.tensor;

import static dev.lora4j.tensor.GradientCheck.againstAutograd;
import static dev.lora4j.tensor.GradientCheck.againstDifferences;
import static dev.lora4j.tensor.GradientCheck.normal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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

    /** x, W, b, A, B, the bias of B and m of a convolution of width 3 from 4 to 6 channels, over 4 and 3 tokens. */
    private List<Tensor> convolutionInputs(int groups) {
        return List.of(
                normal(random, 7, 4),
                normal(random, 6, 4 / groups, 3),
                normal(random, 6),
                normal(random, 2, 12),
                normal(random, 6, 2),
                normal(random, 6),
                normal(random, 6));
    }

    private static Tensor convolved(Tape tape, List<Tensor> in, LowRank pair, Optional<DropoutStream> dropout) {
        return LowRankConvolution.apply(
                tape,
                in.get(0),
                in.get(1),
                in.get(2),
                Sequences.ofLengths(4, 3),
                List.of(new Segment(0, 7, pair, dropout)));
    }

    /** x ∗ W written out: every token's neighbours, by the matrix of each place of the kernel [out, in, 3]. */
    private static Tensor writtenOut(Tensor x, Tensor kernel) {
        Tensor y = Tensor.zeros(DType.F64, 7, kernel.size(0));
        for (int place = 0; place < 3; place++) {
            Tensor matrix = kernel.narrow(2, place, 1).contiguous().view(kernel.size(0), kernel.size(1));
            y = y.plus(neighbours(x, place - 1).matmul(matrix.transpose(0, 1)));
        }
        return y;
    }

    private static Tensor neighbours(Tensor x, int way) {
        int[] starts = {0, 4, 7};
        Tensor zero = Tensor.zeros(DType.F64, 1, x.size(1));
        Tensor[] rows = new Tensor[7];
        for (int i = 0; i < 7; i++) {
            int first = i < starts[1] ? starts[0] : starts[1];
            int end = i < starts[1] ? starts[1] : starts[2];
            int j = i + way;
            rows[i] = j < first || j >= end ? zero : x.rows(j, j + 1);
        }
        return Tensor.concatenate(rows);
    }

    @Test
    void convolutionWithBiasOfBAndMagnitude() {
        List<Tensor> inputs = convolutionInputs(1);
        Tensor norms = normal(random, 6).square().plus(0.5);
        BiFunction<Tape, List<Tensor>, Tensor> operation =
                (tape, in) -> convolved(tape, in, pair(in, norms, in.get(1).view(6, -1)), Optional.empty());
        Tensor seed = normal(random, 7, 6);
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor base = writtenOut(in.get(0), in.get(1));
            Tensor low = writtenOut(in.get(0), in.get(3).view(2, 4, 3))
                    .matmul(in.get(4).transpose(0, 1))
                    .plus(in.get(5))
                    .times(0.7);
            return base.plus(low).times(in.get(6).dividedBy(norms)).plus(in.get(2));
        });
    }

    @Test
    void aPairBesideAConvolutionInGroupsReadsAllChannelsAndTrainsItsBlocksAlone() {
        List<Tensor> all = convolutionInputs(2);
        List<Tensor> inputs = all.subList(0, 5);
        double[] mask = {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1};
        Tensor blocks = Tensor.of(mask, 6, 2);
        Tensor seed = normal(random, 7, 6);
        BiFunction<Tape, List<Tensor>, Tensor> operation = (tape, in) ->
                convolved(tape, in, new LowRank(in.get(3), in.get(4), 1.5).withBlocks(blocks), Optional.empty());
        againstDifferences(inputs, seed, operation);
        againstAutograd(inputs, seed, operation, in -> {
            Tensor first =
                    writtenOut(in.get(0).narrow(1, 0, 2).contiguous(), in.get(1).rows(0, 3));
            Tensor second =
                    writtenOut(in.get(0).narrow(1, 2, 2).contiguous(), in.get(1).rows(3, 6));
            Tensor base = Tensor.concatenate(first.transpose(0, 1), second.transpose(0, 1))
                    .transpose(0, 1);
            Tensor low = writtenOut(in.get(0), in.get(3).view(2, 4, 3));
            Tensor b = in.get(4).times(blocks);
            return base.plus(low.matmul(b.transpose(0, 1)).times(1.5)).plus(in.get(2));
        });
    }

    @Test
    void dropoutBesideAConvolutionDropsATokensValueForAllWindows() {
        DropoutStream stream = new DropoutStream(0.4, 7);
        List<Tensor> in = convolutionInputs(1);
        LowRank pair = new LowRank(in.get(3), in.get(4), 0.7);
        Tensor y = convolved(Tape.inference(), in, pair, Optional.of(stream));
        Tensor dropped = Dropout.apply(Tape.inference(), in.get(0), Optional.of(stream));
        Tensor low =
                writtenOut(dropped, in.get(3).view(2, 4, 3)).matmul(in.get(4).transpose(0, 1));
        Tensor expected = writtenOut(in.get(0), in.get(1)).plus(low.times(0.7)).plus(in.get(2));
        assertThat(y.toDoubles()).containsExactly(expected.toDoubles(), within(1e-10));
        Tensor norms = normal(random, 6).square().plus(0.5);
        List<Tensor> trained = List.of(in.get(0), in.get(3), in.get(4), in.get(6));
        againstDifferences(trained, normal(random, 7, 6), (tape, part) -> {
            Magnitude magnitude = new Magnitude(
                    part.get(3), norms, FrozenMatrix.of(in.get(1).view(in.get(1).size(0), -1)), norms);
            LowRank directed = new LowRank(part.get(1), part.get(2), 0.7).withMagnitude(magnitude);
            List<Tensor> whole = List.of(part.get(0), in.get(1), in.get(2));
            return convolved(tape, whole, directed, Optional.of(stream));
        });
    }

    @Test
    void aPairOfSomeRowsOfAConvolutionIsRefused() {
        List<Tensor> in = convolutionInputs(1);
        Segment part = new Segment(0, 4, new LowRank(in.get(3), in.get(4), 1));
        assertThatThrownBy(() -> LowRankConvolution.apply(
                        Tape.inference(), in.get(0), in.get(1), in.get(2), Sequences.ofLengths(4, 3), List.of(part)))
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("is for rows 0 to 4 of 7; expected all of them");
    }
}
