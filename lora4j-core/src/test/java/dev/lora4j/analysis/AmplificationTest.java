package dev.lora4j.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AmplificationTest {
    private static final double ROUNDING = 1e-12; // float64 throughout

    private final Scope scope = Scope.open();
    private Tensor frozen;

    @BeforeEach
    void write() {
        frozen = Tensor.of(new float[] {3, 0, 0, 0, 2, 0, 0, 0, 1}, 3, 3);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static LowRank pair(double scaling, float[] b, float... a) {
        return new LowRank(Tensor.of(a, 1, 3), Tensor.of(b, 3, 1), scaling);
    }

    @Test
    void aDirectionOfTheWeightItselfIsAmplifiedByTheRatioOfTheTwo() {
        Amplification found = Amplification.of(pair(2, new float[] {0, 1, 0}, 0, 5, 0), frozen, 1);
        assertThat(found.rank()).isEqualTo(1);
        assertThat(found.weight()).isCloseTo(Math.sqrt(14), within(ROUNDING));
        assertThat(found.change()).isCloseTo(10, within(ROUNDING));
        assertThat(found.onChange()).isCloseTo(2, within(ROUNDING));
        assertThat(found.onWeight()).isCloseTo(3, within(ROUNDING));
        assertThat(found.factor()).isCloseTo(5, within(ROUNDING));
    }

    /** u = (1, 0, 1) / √2 and v = (0, 1, 1) / √2 give uᵀWv = 1/2, and ‖ΔW‖ = √2 · √2. */
    @Test
    void directionsBetweenThoseOfTheWeightAreWorkedByHand() {
        Amplification found = Amplification.of(pair(1, new float[] {1, 0, 1}, 0, 1, 1), frozen, 1);
        assertThat(found.onChange()).isCloseTo(0.5, within(ROUNDING));
        assertThat(found.change()).isCloseTo(2, within(ROUNDING));
        assertThat(found.factor()).isCloseTo(4, within(ROUNDING));
    }

    @Test
    void whatTheWeightDoesNotHaveIsAmplifiedWithoutEnd() {
        Amplification found = Amplification.of(pair(1, new float[] {1, 0, 0}, 0, 1, 0), frozen, 1);
        assertThat(found.onChange()).isZero();
        assertThat(found.factor()).isInfinite();
    }

    @Test
    void noDirectionsHoldMoreOfTheWeightThanItsOwn() {
        Tensor weight = Random.normal(5, 1, 12, 9);
        for (int key = 0; key < 10; key++) {
            LowRank pair = new LowRank(Random.normal(key, 1, 3, 9), Random.normal(key + 50, 1, 12, 3), 1);
            Amplification found = Amplification.of(pair, weight, key);
            assertThat(found.onChange()).isLessThan(found.onWeight());
            assertThat(found.onRandom()).isPositive().isLessThan(found.onWeight());
            assertThat(found.onWeight()).isLessThan(found.weight());
        }
    }

    /** Beyond 1,024 rows and columns; of a diagonal the singular values are known, here 1 to 1,100 and 100 times as large. */
    @Test
    void ofALargeWeightTheFirstDirectionsAreFoundToo() {
        int size = 1100;
        float[] values = new float[size * size];
        for (int i = 0; i < size; i++) {
            values[i * size + i] = i + 1 == size ? 100 * size : i + 1;
        }
        float[] one = new float[size];
        one[0] = 1;
        LowRank pair = new LowRank(Tensor.of(one, 1, size), Tensor.of(one, size, 1), 1);
        Amplification found = Amplification.of(pair, Tensor.of(values, size, size), 1);
        assertThat(found.onWeight()).isCloseTo(100.0 * size, within(1e-3));
        assertThat(found.factor()).isCloseTo(1, within(ROUNDING));
    }

    @Test
    void anotherBaseAndAChangeOfZeroAreRefused() {
        LowRank pair = pair(1, new float[] {1, 0, 0}, 0, 1, 0);
        assertThatThrownBy(() -> Amplification.of(pair, Tensor.zeros(DType.F32, 3, 4), 1))
                .hasMessageContaining("shape [3, 3]")
                .hasMessageContaining("trained on another base?");
        assertThatThrownBy(() -> Amplification.of(pair(1, new float[3], 0, 1, 0), frozen, 1))
                .hasMessageContaining("amplifies nothing");
    }
}
