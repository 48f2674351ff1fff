package dev.lora4j.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpectrumTest {
    private static final double ROUNDING = 1e-12; // float64 throughout

    @Test
    void valuesAndFiguresAreAsWorkedByHand() {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensor.of(new float[] {3, 0, 0, 4}, 2, 2);
            Tensor b = Tensor.of(new float[] {1, 0, 0, 1, 0, 0}, 3, 2);
            Spectrum spectrum = Spectrum.of(new LowRank(a, b, -0.5));
            assertThat(spectrum.values().get(0)).isCloseTo(2, within(ROUNDING));
            assertThat(spectrum.values().get(1)).isCloseTo(1.5, within(ROUNDING));
            assertThat(spectrum.norm()).isCloseTo(2.5, within(ROUNDING));
            double first = 4.0 / 7; // 2 of 2 + 1.5
            double entropy = -first * Math.log(first) - (1 - first) * Math.log(1 - first);
            assertThat(spectrum.effectiveRank()).isCloseTo(Math.exp(entropy), within(ROUNDING));
            assertThat(spectrum.rankFor(0.63)).isEqualTo(1); // 4 of 6.25 are 64 %
            assertThat(spectrum.rankFor(0.65)).isEqualTo(2);
        }
    }

    @Test
    void theEffectiveRankGoesFromOneToTheNumberOfValues() {
        assertThat(new Spectrum(List.of(5.0, 0.0, 0.0)).effectiveRank()).isEqualTo(1);
        assertThat(new Spectrum(List.of(0.1, 0.1, 0.1, 0.1)).effectiveRank()).isCloseTo(4, within(ROUNDING));
    }

    @Test
    void anAdapterBeforeItsFirstStepHasNoRank() {
        try (Scope scope = Scope.open()) {
            LowRank fresh = new LowRank(Tensor.repeated(1, 2, 5), Tensor.zeros(DType.F32, 4, 2), 1);
            Spectrum spectrum = Spectrum.of(fresh);
            assertThat(spectrum.isZero()).isTrue();
            assertThat(spectrum.effectiveRank()).isZero();
            assertThat(spectrum.rankFor(0.9)).isZero();
        }
    }

    @Test
    void onlyValuesInOrderAreASpectrum() {
        assertThatThrownBy(() -> new Spectrum(List.of(1.0, 2.0))).hasMessageContaining("the largest first");
        assertThatThrownBy(() -> new Spectrum(List.of(Double.NaN))).hasMessageContaining("none negative");
    }

    /** Of 8 in all the first holds 4 + 1 and the second 1 + 1 + 1. */
    @Test
    void theSuggestionHoldsTheShareInEachLayerAndInAllTogether() {
        Map<String, Spectrum> spectra = new LinkedHashMap<>();
        spectra.put("steep", new Spectrum(List.of(2.0, 1.0)));
        spectra.put("flat", new Spectrum(List.of(1.0, 1.0, 1.0)));
        RankSuggestion suggestion = RankSuggestion.of(spectra, 0.75);
        assertThat(suggestion.ranks()).containsExactly(Map.entry("steep", 1), Map.entry("flat", 3));
        assertThat(suggestion.overall()).isEqualTo(2); // 4 + 1 are less than 6 of 8, 5 + 2 are more
        assertThat(RankSuggestion.of(spectra, 1).overall()).isEqualTo(3);
        assertThat(RankSuggestion.of(spectra, 0.6).overall()).isEqualTo(1);
        assertThatThrownBy(() -> RankSuggestion.of(spectra, 1.1)).hasMessageContaining("expected a share above 0");
    }
}
