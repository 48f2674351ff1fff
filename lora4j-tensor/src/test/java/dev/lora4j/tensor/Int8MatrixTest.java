package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What rounding a matrix, activations and gradients to bytes may cost. */
@ExtendWith(ExactBytes.class)
class Int8MatrixTest {
    private static final int ROWS = 40;
    private static final int OUT = 96;
    private static final int IN = 192;

    private final Random random = new Random(80312);
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private Tensor normal(int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, rows, columns);
    }

    private static double norm(Tensor tensor) {
        return Math.sqrt(tensor.to(DType.F64).square().sum().item());
    }

    /** Root mean square of a difference over that of what is right. */
    private static double error(Tensor found, Tensor right) {
        return norm(found.minus(right)) / norm(right);
    }

    /**
     * A value of a row is off by at most half of 1/127 of the row's largest, which is no more than its norm; over all
     * summands that is √in ‖x‖ ‖w‖ / 127 and in ‖x‖ ‖w‖ / (2 · 127)².
     */
    @Test
    void productsAreWithinTheRoundingOfBothFactors() {
        Tensor x = normal(ROWS, IN);
        Tensor w = normal(OUT, IN);
        Tensor exact = x.matmul(w.transpose(0, 1));
        Tensor found = FrozenMatrix.int8(w, scope).product(x, null);
        double share = Math.sqrt(IN) / 127 + IN / Math.pow(2 * 127, 2);
        for (int row = 0; row < ROWS; row++) {
            float[] right = exact.rows(row, row + 1).toFloats();
            float[] values = found.rows(row, row + 1).toFloats();
            double length = norm(x.rows(row, row + 1));
            for (int o = 0; o < OUT; o++) {
                double bound = share * length * norm(w.rows(o, o + 1));
                assertThat((double) values[o]).isCloseTo(right[o], within(bound));
            }
        }
    }

    /** Steps of 1/127 of about three deviations, evenly spread errors of a step / √12, in two factors: 1 %. */
    @Test
    void productsAndGradientsOfNormalValuesAreOffByAPercent() {
        Tensor x = normal(ROWS, IN);
        Tensor dy = normal(ROWS, OUT);
        Tensor w = normal(OUT, IN);
        FrozenMatrix matrix = FrozenMatrix.int8(w, scope);
        assertThat(error(matrix.product(x, null), x.matmul(w.transpose(0, 1)))).isLessThan(0.015);
        assertThat(error(matrix.gradient(dy), dy.matmul(w))).isLessThan(0.015);
        Tensor sum = x.copy();
        matrix.addGradient(sum, dy);
        assertThat(error(sum.minus(x), dy.matmul(w))).isLessThan(0.015);
    }

    @Test
    void aBiasIsAddedAsItIs() {
        Tensor x = normal(ROWS, IN);
        Tensor bias = normal(1, OUT).view(OUT);
        FrozenMatrix matrix = FrozenMatrix.int8(normal(OUT, IN), scope);
        Tensor without = matrix.product(x, null);
        assertThat(matrix.product(x, bias).toFloats())
                .isEqualTo(without.plus(bias).toFloats());
    }

    @Test
    void whereOnlyTheProductIsInBytesAllElseIsExact() {
        Tensor x = normal(ROWS, IN);
        Tensor dy = normal(ROWS, OUT);
        FrozenMatrix plain = FrozenMatrix.of(normal(OUT, IN));
        FrozenMatrix matrix = plain.withInt8Product(scope);
        assertThat(matrix.product(x, null).toFloats())
                .isEqualTo(
                        FrozenMatrix.int8(plain.dense(), scope).product(x, null).toFloats());
        assertThat(matrix.gradient(dy).toFloats()).isEqualTo(plain.gradient(dy).toFloats());
        Tensor sum = x.copy();
        matrix.addGradient(sum, dy);
        Tensor right = x.copy();
        plain.addGradient(right, dy);
        assertThat(sum.toFloats()).isEqualTo(right.toFloats());
        Tensor ids = Tensor.of(new long[] {5, 0, 5});
        assertThat(matrix.selectRows(ids).toFloats())
                .isEqualTo(plain.selectRows(ids).toFloats());
        assertThat(matrix.dense().toFloats()).isEqualTo(plain.dense().toFloats());
        long bytes = (long) OUT * IN + 2L * OUT * DType.F32.bytes(); // values, factors, zero points
        assertThat(matrix.bytes()).isEqualTo(plain.bytes() + bytes);
    }

    /** The steps of such a row are a hundred deviations / 127, 23 % of one: spread over 64 values they are an eighth. */
    @Test
    void aColumnThatStandsOutDoesNotDrownTheOthers() {
        Tensor x = normal(ROWS, IN);
        x.narrow(1, 7, 1).addInPlace(100);
        Tensor w = normal(OUT, IN);
        w.narrow(1, 7, 1).timesInPlace(0);
        Tensor exact = x.matmul(w.transpose(0, 1));
        assertThat(error(FrozenMatrix.int8(w, scope).product(x, null), exact)).isLessThan(0.06);
    }

    @Test
    void expandedValuesAreWithinHalfAStepAndAreWhatGradientsAreOf() {
        Tensor w = normal(OUT, IN);
        FrozenMatrix matrix = FrozenMatrix.int8(w, scope);
        float[] right = w.toFloats();
        float[] values = matrix.dense().toFloats();
        for (int o = 0; o < OUT; o++) {
            float largest = 0;
            for (int i = 0; i < IN; i++) {
                largest = Math.max(largest, Math.abs(right[o * IN + i]));
            }
            for (int i = 0; i < IN; i++) {
                double halfStep = largest / 127 / 2 * 1.0001; // float32 divides and multiplies
                assertThat((double) values[o * IN + i]).isCloseTo(right[o * IN + i], within(halfStep));
            }
        }
        assertThat(matrix.selectRows(Tensor.of(new long[] {5, 0, 5})).toFloats())
                .isEqualTo(Tensor.concatenate(
                                matrix.dense().rows(5, 6),
                                matrix.dense().rows(0, 1),
                                matrix.dense().rows(5, 6))
                        .toFloats());
    }

    @Test
    void zerosStayZeroAndWhatIsNotFiniteStaysSo() {
        Tensor x = Tensor.zeros(DType.F32, 3, IN);
        x.rows(1, 2).narrow(1, 4, 1).addInPlace(Double.NaN);
        x.rows(2, 3).narrow(1, 4, 1).addInPlace(Double.POSITIVE_INFINITY);
        Tensor y = FrozenMatrix.int8(normal(OUT, IN), scope).product(x, null);
        assertThat(y.rows(0, 1).toFloats()).containsOnly(0);
        for (float value : y.rows(1, 3).toFloats()) {
            assertThat(Float.isFinite(value)).isFalse();
        }
    }

    @Test
    void theSameProductTwiceIsTheSameToTheBit() {
        Tensor x = normal(ROWS, IN);
        Tensor dy = normal(ROWS, OUT);
        Tensor w = normal(OUT, IN);
        FrozenMatrix first = FrozenMatrix.int8(w, scope);
        FrozenMatrix second = FrozenMatrix.int8(w, scope);
        assertThat(first.product(x, null).toFloats())
                .isEqualTo(second.product(x, null).toFloats());
        assertThat(first.gradient(dy).toFloats()).isEqualTo(second.gradient(dy).toFloats());
    }

    /** Two layers forward and one back, each off by a percent: under 3 %, also added up without their signs. */
    @Test
    void gradientsOfAnAdapterBelowAnotherLayerAreOffByAFewPercent() {
        Tensor x = normal(ROWS, IN);
        Tensor seed = normal(ROWS, OUT);
        Tensor lower = normal(IN, IN).times(1 / Math.sqrt(IN));
        Tensor upper = normal(OUT, IN).times(1 / Math.sqrt(IN));
        LowRank pair = new LowRank(normal(4, IN), normal(IN, 4), 0.5);
        List<Tensor> right = gradients(x, seed, pair, FrozenMatrix.of(lower), FrozenMatrix.of(upper));
        List<Tensor> found = gradients(x, seed, pair, FrozenMatrix.int8(lower, scope), FrozenMatrix.int8(upper, scope));
        for (int i = 0; i < right.size(); i++) {
            assertThat(error(found.get(i), right.get(i))).isLessThan(0.03);
        }
    }

    private static List<Tensor> gradients(Tensor x, Tensor seed, LowRank pair, FrozenMatrix lower, FrozenMatrix upper) {
        return GradientCheck.taped(List.of(pair.a(), pair.b()), seed, (tape, in) -> {
            Tensor hidden = LowRankLinear.apply(tape, x, lower, null, List.of(new Segment(0, ROWS, pair)));
            return LowRankLinear.apply(tape, hidden, upper, null, List.of());
        });
    }
}
