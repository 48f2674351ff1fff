package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TaskVectorsTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor matrix(double... values) {
        return Tensor.of(values, 2, 2);
    }

    @Test
    void trimmingKeepsTheLargestMagnitudes() {
        Tensor vector = matrix(4, -1, 3, -2);
        assertThat(TaskVectors.trim(vector, 0.5).toDoubles()).containsExactly(4, 0, 3, 0);
        assertThat(TaskVectors.trim(vector, 0.75).toDoubles()).containsExactly(4, 0, 3, -2);
        assertThat(TaskVectors.trim(vector, 1).toDoubles()).containsExactly(4, -1, 3, -2);
        assertThat(TaskVectors.trim(vector, 0.01).toDoubles()).containsExactly(4, 0, 0, 0);
    }

    @Test
    void valuesAsLargeAsTheSmallestKeptOneStay() {
        assertThat(TaskVectors.trim(matrix(2, -2, 2, 1), 0.5).toDoubles()).containsExactly(2, -2, 2, 0);
    }

    @Test
    void trimmingLooksAtMagnitudesOfATransposedViewToo() {
        Tensor view = matrix(4, -1, 3, -2).transpose(0, 1);
        assertThat(TaskVectors.trim(view, 0.5).toDoubles()).containsExactly(4, 3, 0, 0);
    }

    /**
     * Votes (4, −1, 3, 2), (−2, −3, 1, 0) and (−3, 2, −2, 0): the sums are −1, −2, 2, 2, the counts −1, −1, 1, 1.
     */
    @Test
    void theMeanIsOverTheVectorsWithTheElectedSign() {
        List<Tensor> vectors = List.of(matrix(4, -1, 3, 2), matrix(-2, -3, 1, 0), matrix(-3, 2, -2, 0));
        double[] equal = {1, 1, 1};
        assertThat(TaskVectors.disjointMean(vectors, equal, MajoritySign.TOTAL).toDoubles())
                .containsExactly(-2.5, -2, 2, 2);
        assertThat(TaskVectors.disjointMean(vectors, equal, MajoritySign.FREQUENCY)
                        .toDoubles())
                .containsExactly(-2.5, -2, 2, 2);
        // one large value outvotes two small ones by total, not by frequency
        List<Tensor> uneven = List.of(matrix(9, 1, 1, 1), matrix(-2, 1, 1, 1), matrix(-3, 1, 1, 1));
        assertThat(TaskVectors.disjointMean(uneven, equal, MajoritySign.TOTAL).toDoubles())
                .containsExactly(9, 1, 1, 1);
        assertThat(TaskVectors.disjointMean(uneven, equal, MajoritySign.FREQUENCY)
                        .toDoubles())
                .containsExactly(-2.5, 1, 1, 1);
    }

    @Test
    void weightsScaleWhatAgreesButDoNotVote() {
        List<Tensor> vectors = List.of(matrix(3, 1, -1, 0), matrix(-2, 1, -1, 0));
        assertThat(TaskVectors.disjointMean(vectors, new double[] {0.5, 10}, MajoritySign.TOTAL)
                        .toDoubles())
                .containsExactly(1.5, 5.25, -5.25, 0);
    }

    @Test
    void evenVotesElectThePositiveSign() {
        List<Tensor> vectors = List.of(matrix(2, 0, 0, 0), matrix(-2, 0, 0, 0));
        assertThat(TaskVectors.disjointMean(vectors, new double[] {1, 1}, MajoritySign.TOTAL)
                        .toDoubles())
                .containsExactly(2, 0, 0, 0);
    }

    @Test
    void droppingIsReproducibleAndUnbiased() {
        Tensor vector = Tensor.repeated(2, 200_000).contiguous();
        Tensor dropped = TaskVectors.drop(vector, 0.25, 7);
        assertThat(dropped.sameBits(TaskVectors.drop(vector, 0.25, 7))).isTrue();
        assertThat(dropped.sameBits(TaskVectors.drop(vector, 0.25, 8))).isFalse();
        double sum = 0;
        for (double value : dropped.toDoubles()) {
            assertThat(value == 0 || value == 8).isTrue();
            sum += value;
        }
        // standard error of the mean: 2 · sqrt(3 / 200,000) = 0.0077
        assertThat(sum / 200_000).isCloseTo(2, within(0.04));
        assertThat(TaskVectors.drop(vector, 1, 7).sameBits(vector)).isTrue();
    }

    @Test
    void aDensityThatIsNoShareIsRefused() {
        for (double density : new double[] {0, -1, 1.01, Double.NaN}) {
            assertThatThrownBy(() -> TaskVectors.trim(matrix(1, 2, 3, 4), density))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("above 0 and at most 1");
            assertThatThrownBy(() -> TaskVectors.drop(matrix(1, 2, 3, 4), density, 1))
                    .hasMessageContaining("above 0 and at most 1");
        }
    }
}
