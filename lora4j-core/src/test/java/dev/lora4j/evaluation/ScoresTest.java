package dev.lora4j.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Scores over arrays against scikit-learn 1.9.1 and SciPy 1.17.1, and small cases worked by hand. */
class ScoresTest {
    private static final int[] THREE = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2};
    private static final int[] GUESSED = {0, 0, 1, 2, 1, 1, 0, 2, 2, 1};

    @Test
    void severalClassesAreScoredAsScikitLearnDoes() {
        ClassificationScore score = ClassificationScore.of(THREE, GUESSED, 3);
        assertThat(score.examples()).isEqualTo(10);
        assertThat(score.accuracy()).isEqualTo(0.6);
        assertThat(score.macroF1()).isCloseTo(0.6031746031746031, within(1e-15));
        assertThat(score.matthews()).isCloseTo(0.4090909090909091, within(1e-15));
        assertThat(score.confusion()).containsExactly(List.of(2L, 1L, 1L), List.of(1L, 2L, 0L), List.of(0L, 1L, 2L));
        ClassificationScore.ClassScore first = score.classes().get(0);
        assertThat(first.precision()).isCloseTo(2 / 3.0, within(1e-15));
        assertThat(first.recall()).isEqualTo(0.5);
        assertThat(first.f1()).isCloseTo(4 / 7.0, within(1e-15));
        assertThat(first.support()).isEqualTo(4);
    }

    @Test
    void twoClassesAreScoredAsScikitLearnDoes() {
        int[] expected = {1, 1, 1, 0, 0, 1, 0, 1};
        int[] predicted = {1, 0, 1, 0, 1, 1, 0, 1};
        ClassificationScore score = ClassificationScore.of(expected, predicted, 2);
        assertThat(score.accuracy()).isEqualTo(0.75);
        assertThat(score.classes().get(1).f1()).isCloseTo(0.8, within(1e-15));
        assertThat(score.macroF1()).isCloseTo(0.7333333333333334, within(1e-15));
        assertThat(score.matthews()).isCloseTo(0.4666666666666667, within(1e-15));
    }

    @Test
    void classesThatDoNotOccurAreLeftOutOfTheMean() {
        ClassificationScore same = ClassificationScore.of(new int[] {0, 0, 0}, new int[] {0, 0, 0}, 2);
        assertThat(same.macroF1()).isEqualTo(1);
        assertThat(same.matthews()).isZero();
        ClassificationScore never = ClassificationScore.of(new int[] {0, 0, 1, 1}, new int[] {0, 0, 3, 1}, 5);
        assertThat(never.macroF1()).isCloseTo(0.5555555555555555, within(1e-15));
        assertThat(never.matthews()).isCloseTo(0.6708203932499369, within(1e-15));
    }

    @Test
    void numbersAreScoredAsSciPyDoes() {
        double[] expected = {1.0, 2.5, 2.5, 4.0, 3.0, 0.5};
        double[] predicted = {0.8, 2.0, 3.5, 3.5, 3.5, 1.0};
        RegressionScore score = RegressionScore.of(expected, predicted);
        assertThat(score.pearson()).isCloseTo(0.884122943002831, within(1e-14));
        assertThat(score.spearman()).isCloseTo(0.8316554899054915, within(1e-14));
        assertThat(score.meanSquaredError()).isCloseTo(0.34, within(1e-15));
        assertThat(score.meanAbsoluteError()).isCloseTo(0.5333333333333333, within(1e-15));
        assertThat(RegressionScore.ranks(expected)).containsExactly(2, 3.5, 3.5, 6, 5, 1);
        assertThat(RegressionScore.ranks(predicted)).containsExactly(1, 3, 5, 5, 5, 2);
    }

    @Test
    void aConstantHasNoCorrelation() {
        RegressionScore score = RegressionScore.of(new double[] {1, 2}, new double[] {3, 3});
        assertThat(score.pearson()).isNaN();
        assertThat(score.spearman()).isNaN();
    }

    @Test
    void unevenOrNoPairsAreRefused() {
        assertThatThrownBy(() -> ClassificationScore.of(new int[] {1}, new int[0], 2))
                .hasMessageStartingWith("1 expected and 0 predicted values");
        assertThatThrownBy(() -> RegressionScore.of(new double[0], new double[0]))
                .hasMessageStartingWith("0 expected and 0 predicted values");
    }
}
