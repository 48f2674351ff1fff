package dev.lora4j.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.Lora4jException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreShiftsTest {
    @Test
    void penaltiesAndBiasAreSubtractedAndAddedAsOpenAiDefinesThem() {
        float[] scores = {1, 2, 3, 4};
        ScoreShifts shifts = new ScoreShifts(0.5, 0.25, Map.of(0, 10.0, 3, -100.0));
        shifts.apply(scores, Map.of(1, 1, 2, 4));
        // 2 − 0.25 · 1 − 0.5 and 3 − 0.25 · 4 − 0.5
        assertThat(scores).containsExactly(11, 1.25f, 1.5f, -96);
    }

    @Test
    void noneChangesNothing() {
        float[] scores = {1, 2};
        ScoreShifts.NONE.apply(scores, Map.of(0, 7));
        assertThat(scores).containsExactly(1, 2);
    }

    @Test
    void numbersThatAreNotFiniteAreRefusedByName() {
        assertThatThrownBy(() -> new ScoreShifts(Double.NaN, 0, Map.of()))
                .isInstanceOf(Lora4jException.class)
                .hasMessageContaining("presence-penalty is NaN");
        assertThatThrownBy(() -> new ScoreShifts(0, Double.POSITIVE_INFINITY, Map.of()))
                .hasMessageContaining("frequency-penalty");
        assertThatThrownBy(() -> new ScoreShifts(0, 0, Map.of(7, Double.NaN))).hasMessageContaining("token 7");
    }

    @Test
    void aBiasOfATokenThatTheModelHasNotIsRefused() {
        ScoreShifts shifts = new ScoreShifts(0, 0, Map.of(96, 1.0));
        shifts.requireVocabulary(97);
        assertThatThrownBy(() -> shifts.requireVocabulary(96))
                .isInstanceOf(GenerationException.class)
                .hasMessageContaining("token 96")
                .hasMessageContaining("0 to 95");
    }
}
