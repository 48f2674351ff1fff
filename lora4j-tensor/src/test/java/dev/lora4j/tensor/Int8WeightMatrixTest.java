package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of few rows with a matrix of bytes. */
final class Int8WeightMatrixTest {
    private static final int OUT = 70;
    private static final int IN = 576;

    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private FrozenMatrix matrix(Tensor weight) {
        return new MatrixCompression(scope)
                .int8((start, end) -> weight.rows(start, end), weight.size(0), weight.size(1));
    }

    /** Each value is off by 2⁻¹⁴ of its row's largest at most, and float32 rounds four times on the way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 127})
    void aProductIsWithinTheRoundingOfWhatComesIn(int rows) {
        FrozenMatrix matrix = matrix(Random.normal(1, 1, OUT, IN));
        float[] w = matrix.dense().toFloats();
        float[] x = Random.normal(2, 3, rows, IN).toFloats();
        float[] bias = Random.normal(3, 1, OUT).toFloats();
        float[] y = matrix.quickProduct(Tensor.of(x, rows, IN), Tensor.of(bias, OUT))
                .toFloats();
        for (int row = 0; row < rows; row++) {
            float largest = 0;
            for (int k = 0; k < IN; k++) {
                largest = Math.max(largest, Math.abs(x[row * IN + k]));
            }
            for (int o = 0; o < OUT; o++) {
                double sum = bias[o];
                double size = Math.abs(sum);
                double weights = 0;
                for (int k = 0; k < IN; k++) {
                    sum += (double) w[o * IN + k] * x[row * IN + k];
                    size += Math.abs((double) w[o * IN + k] * x[row * IN + k]);
                    weights += Math.abs(w[o * IN + k]);
                }
                double allowed = weights * largest / (1 << 14) + size * 4 / (1 << 24);
                assertThat((double) y[row * OUT + o]).isCloseTo(sum, within(allowed));
            }
        }
    }

    /** The unit is 1: 64, 1.5 and −3 − 1/128 are two digits each; the scales of W's rows are 1 and 1/2. */
    @Test
    void whatTwoDigitsHoldIsExact() {
        FrozenMatrix matrix = matrix(Tensor.of(new float[] {127, -2, 0, 63.5f, 1, -0.5f}, 2, 3));
        Tensor x = Tensor.of(new float[] {64, 1.5f, -3 - 1 / 128f}, 1, 3);
        assertThat(matrix.quickProduct(x, null).toFloats())
                .containsExactly(127 * 64 - 3, 63.5f * 64 + 1.5f + 1.5f + 1 / 256f);
    }

    /** Sums of 2 · 64 · 127 in 16 bits, and of 32,768 such in 32. */
    @ParameterizedTest
    @ValueSource(ints = {IN, Digits.WIDEST})
    void theLargestSumsAreExact(int width) {
        FrozenMatrix matrix = matrix(Tensor.repeated(-127, 3, width));
        float[] y = matrix.quickProduct(Tensor.repeated(64, 2, width), null).toFloats();
        float[] expected = new float[2 * 3];
        Arrays.fill(expected, -127f * 64 * width);
        float rounding = ByteProduct.suits(width) ? 0 : 127f * 64 * width * 1e-5f; // float32 where there is no FBGEMM
        assertThat(y).containsExactly(expected, within(rounding));
    }

    @Test
    void aWiderMatrixIsExpanded() {
        FrozenMatrix matrix = matrix(Tensor.repeated(-127, 3, Digits.WIDEST + 1));
        assertThat(matrix.quickProduct(Tensor.repeated(1, 1, Digits.WIDEST + 1), null)
                        .toFloats())
                .containsExactly(new float[] {-127f * 32769, -127f * 32769, -127f * 32769}, within(1f)); // of 4e6
    }

    /** So that an answer does not depend on how many others are being written. */
    @Test
    void whatARowGivesDependsOnItAlone() {
        FrozenMatrix matrix = matrix(Random.normal(4, 1, OUT, IN));
        Tensor x = Random.normal(5, 1, 9, IN);
        Tensor together = matrix.quickProduct(x, null);
        for (int row = 0; row < 9; row++) {
            Tensor alone = matrix.quickProduct(x.rows(row, row + 1), null);
            assertThat(alone.sameBits(together.rows(row, row + 1))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aRowThatIsNotFiniteGivesNaNAndNoOtherDoes(float value) {
        FrozenMatrix matrix = matrix(Random.normal(6, 1, OUT, IN));
        Tensor good = Random.normal(7, 1, 1, IN);
        float[] broken = good.toFloats();
        broken[17] = value;
        Tensor y = matrix.quickProduct(Tensor.concatenate(good, Tensor.of(broken, 1, IN), good), null);
        assertThat(y.rows(1, 2).toFloats()).containsOnly(Float.NaN);
        assertThat(y.rows(0, 1).sameBits(matrix.quickProduct(good, null))).isTrue();
        assertThat(y.rows(2, 3).sameBits(matrix.quickProduct(good, null))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(floats = {0, Float.MIN_VALUE, -1e-30f, 3e30f})
    void zerosAndTheSmallestAndLargestNumbersAreMultiplied(float value) {
        FrozenMatrix matrix = matrix(Tensor.repeated(2, 5, 64));
        double smallest = 64 * 2 * (double) Float.MIN_NORMAL; // below it nothing is left
        for (float sum :
                matrix.quickProduct(Tensor.repeated(value, 2, 64), null).toFloats()) {
            assertThat((double) sum).isCloseTo(64.0 * 2 * value, within(Math.abs(128.0 * value) * 1e-6 + smallest));
        }
    }

    /** The copy that is multiplied is made when it is first needed. */
    @Test
    void trainingKeepsOneCopy() {
        FrozenMatrix matrix = matrix(Random.normal(8, 1, OUT, IN));
        long one = (long) OUT * IN + OUT * 4L;
        matrix.product(Random.normal(9, 1, 3, IN), null);
        matrix.gradient(Random.normal(10, 1, 4, OUT));
        matrix.quickProduct(Random.normal(9, 1, 128, IN), null);
        assertThat(matrix.bytes()).isEqualTo(one);
        matrix.quickProduct(Random.normal(9, 1, 127, IN), null);
        assertThat(matrix.bytes()).isEqualTo(ByteProduct.suits(IN) ? 2 * one : one);
    }

    @Test
    void nothingIsLeftWhenItsOwnerCloses() {
        matrix(Random.normal(8, 1, OUT, IN)).product(Random.normal(9, 1, 3, IN), null); // what is made once
        long before = Scope.liveObjects();
        try (Scope owner = Scope.open()) {
            Tensor weight = Random.normal(8, 1, OUT, IN);
            FrozenMatrix matrix = new MatrixCompression(owner).int8((start, end) -> weight.rows(start, end), OUT, IN);
            matrix.quickProduct(Random.normal(9, 1, 3, IN), null);
            assertThat(Scope.liveObjects()).isGreaterThan(before);
        }
        assertThat(Scope.liveObjects()).isEqualTo(before);
    }
}
