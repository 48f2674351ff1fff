package dev.lora4j.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.formats.Lora4jException;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int DRAWS = 20_000;

    private static double[] frequencies(GenerationSettings settings) {
        double[] frequencies = new double[3];
        for (int position = 0; position < DRAWS; position++) {
            float[] scores = {(float) Math.log(0.2), (float) Math.log(0.5), (float) Math.log(0.3)};
            frequencies[new Sampler(settings).choose(scores, new BitSet(), position)] += 1.0 / DRAWS;
        }
        return frequencies;
    }

    @Test
    void tokensComeAsOftenAsTheyAreLikely() {
        // four standard deviations of a frequency of 1/2 in 20,000 draws are 0.0142
        assertThat(frequencies(GenerationSettings.sampled(1, 42)))
                .containsExactly(new double[] {0.2, 0.5, 0.3}, within(0.0142));
        assertThat(frequencies(GenerationSettings.sampled(1, 42).withTopK(2)))
                .containsExactly(new double[] {0, 0.625, 0.375}, within(0.0142));
    }

    @Test
    void filtersSeeTheScoresAfterThePenaltyAndTheTemperature() {
        float[] scores = {2, 3};
        BitSet occurred = new BitSet();
        occurred.set(1);
        GenerationSettings settings =
                GenerationSettings.sampled(1, 0).withRepetitionPenalty(2).withTopK(1);
        assertThat(new Sampler(settings).choose(scores, occurred, 0)).isZero(); // 3 becomes 1.5
        float[] close = {1, 0};
        GenerationSettings flat =
                GenerationSettings.sampled(1, 0).withTemperature(100).withMinP(0.9); // exp(−1/100) > 0.9
        int[] seen = new int[2];
        for (int position = 0; position < 100; position++) {
            seen[new Sampler(flat).choose(close.clone(), new BitSet(), position)]++;
        }
        assertThat(seen[1]).isBetween(20, 80);
    }

    @Test
    void refusesScoresThatAreNoNumbers() {
        assertThat(Sampler.isUsable(new float[] {1, Float.NaN})).isFalse();
        assertThat(Sampler.isUsable(new float[] {1, Float.POSITIVE_INFINITY})).isFalse();
        assertThat(Sampler.isUsable(new float[] {Float.NEGATIVE_INFINITY})).isFalse();
        assertThat(Sampler.isUsable(new float[] {Float.NEGATIVE_INFINITY, 1})).isTrue();
    }

    @Test
    void settingsOutOfRangeAreRefusedByName() {
        GenerationSettings settings = GenerationSettings.greedy(1);
        assertThatThrownBy(() -> settings.withTopP(0))
                .isInstanceOf(Lora4jException.class)
                .hasMessage("top-p is 0.0, expected more than 0 and at most 1");
        assertThatThrownBy(() -> settings.withMaxNewTokens(0)).hasMessageContaining("max-new-tokens is 0");
        assertThatThrownBy(() -> settings.withTemperature(Double.NaN)).hasMessageContaining("temperature is NaN");
        assertThatThrownBy(() -> settings.withTopK(-1)).hasMessageContaining("top-k is -1");
        assertThatThrownBy(() -> settings.withMinP(1.1)).hasMessageContaining("min-p is 1.1");
        assertThatThrownBy(() -> settings.withRepetitionPenalty(0)).hasMessageContaining("repetition-penalty is 0.0");
        assertThatThrownBy(() -> settings.withStopStrings("")).hasMessageContaining("stop string");
    }
}
