package dev.lora4j.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Hand-worked cases; logits are logarithms of 1/2, 1/4, 1/8 and 1/8 in a mixed order. */
class ScoreFiltersTest {
    private static float[] halves() {
        return new float[] {log(0.125), log(0.5), log(0.125), log(0.25)};
    }

    private static float log(double probability) {
        return (float) Math.log(probability);
    }

    private static void assertProbabilities(float[] scores, double... expected) {
        double[] found = ScoreFilters.softmax(scores);
        assertThat(found).containsExactly(expected, within(1e-6));
    }

    @Test
    void topKKeepsTheBestAndTheirTies() {
        float[] two = halves();
        ScoreFilters.topK(two, 2);
        assertProbabilities(two, 0, 2 / 3.0, 0, 1 / 3.0);
        float[] three = halves();
        ScoreFilters.topK(three, 3); // the third and the fourth are equal, and transformers keeps both
        assertProbabilities(three, 0.125, 0.5, 0.125, 0.25);
        float[] one = halves();
        ScoreFilters.topK(one, 1);
        assertProbabilities(one, 0, 1, 0, 0);
        float[] all = halves();
        ScoreFilters.topK(all, 0);
        assertProbabilities(all, 0.125, 0.5, 0.125, 0.25);
    }

    @Test
    void topPRemovesTheTailThatIsNotNeeded() {
        float[] scores = halves();
        ScoreFilters.topP(scores, 0.7); // 1/2 is too little, 1/2 + 1/4 is enough
        assertProbabilities(scores, 0, 2 / 3.0, 0, 1 / 3.0);
        float[] most = halves();
        ScoreFilters.topP(most, 0.8); // one of the two last ones is needed
        double[] found = ScoreFilters.softmax(most);
        assertThat(found[0] + found[2]).isCloseTo(0.125 / 0.875, within(1e-6));
        assertThat(Math.min(found[0], found[2])).isZero();
        float[] best = halves();
        ScoreFilters.topP(best, 1e-9);
        assertProbabilities(best, 0, 1, 0, 0);
        float[] equal = new float[64];
        ScoreFilters.topP(equal, 0.001);
        assertThat(ScoreFilters.softmax(equal)).containsOnlyOnce(1.0);
    }

    @Test
    void minPRemovesWhatIsUnlikelyBesideTheBest() {
        float[] scores = halves();
        ScoreFilters.minP(scores, 0.3); // 1/8 is a quarter of the best
        assertProbabilities(scores, 0, 2 / 3.0, 0, 1 / 3.0);
        float[] loose = halves();
        ScoreFilters.minP(loose, 0.2);
        assertProbabilities(loose, 0.125, 0.5, 0.125, 0.25);
        float[] strict = halves();
        ScoreFilters.minP(strict, 1);
        assertProbabilities(strict, 0, 1, 0, 0);
    }

    @Test
    void temperatureSharpensAndFlattens() {
        float[] sharp = halves();
        ScoreFilters.temperature(sharp, 0.5); // squares: 1, 16, 1, 4 of 22
        assertProbabilities(sharp, 1 / 22.0, 16 / 22.0, 1 / 22.0, 4 / 22.0);
        float[] tiny = halves();
        ScoreFilters.temperature(tiny, 1e-300);
        assertProbabilities(tiny, 0, 1, 0, 0);
    }

    @Test
    void repetitionPenaltyDividesPositiveAndMultipliesNegativeScores() {
        float[] scores = {3, -3, 3, -3, 0};
        BitSet occurred = new BitSet();
        occurred.set(0);
        occurred.set(1);
        occurred.set(4);
        ScoreFilters.repetitionPenalty(scores, occurred, 1.5);
        assertThat(scores).containsExactly(2, -4.5f, 3, -3, 0);
    }
}
