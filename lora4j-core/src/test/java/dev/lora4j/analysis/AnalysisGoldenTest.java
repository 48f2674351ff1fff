package dev.lora4j.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against NumPy, which decomposes the dense matrices (parity/make_analysis_golden.py). Both compute in float64. */
class AnalysisGoldenTest {
    private static final double ROUNDING = 1e-9;

    private Scope scope;
    private JsonNode golden;

    @BeforeEach
    void read() throws URISyntaxException {
        scope = Scope.open();
        golden = JsonFile.read(Path.of(Objects.requireNonNull(getClass().getResource("/golden/analysis.json"))
                .toURI()));
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor matrix(JsonNode rows) {
        int columns = rows.get(0).size();
        float[] values = new float[rows.size() * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows.get(i / columns).get(i % columns).asDouble();
        }
        return Tensor.of(values, rows.size(), columns);
    }

    private LowRank pair(int index) {
        JsonNode pair = golden.path("pairs").get(index);
        return new LowRank(
                matrix(pair.path("a")),
                matrix(pair.path("b")),
                pair.path("scaling").asDouble());
    }

    private void assertPhi(String name, Function<LowRank, Directions> side) {
        SubspaceSimilarity phi = SubspaceSimilarity.of(side.apply(pair(0)), side.apply(pair(1)));
        JsonNode expected = golden.path(name);
        assertThat(phi.values()).hasSize(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(phi.values().get(i)).hasSize(expected.get(i).size());
            for (int j = 0; j < expected.get(i).size(); j++) {
                assertThat(phi.at(i + 1, j + 1))
                        .isCloseTo(expected.get(i).get(j).asDouble(), within(ROUNDING));
            }
        }
    }

    @Test
    void similaritiesAreThoseOfTheDenseMatrices() {
        assertPhi("phi_a", Directions::ofA);
        assertPhi("phi_b", Directions::ofB);
        assertPhi("phi_change", Directions::ofChange);
    }

    @Test
    void theSpectrumIsThatOfTheDenseChange() {
        Spectrum spectrum = Spectrum.of(pair(0));
        assertThat(spectrum.values()).hasSize(golden.path("singular_values").size());
        for (int i = 0; i < spectrum.values().size(); i++) {
            assertThat(spectrum.values().get(i))
                    .isCloseTo(golden.path("singular_values").get(i).asDouble(), within(ROUNDING));
        }
        assertThat(spectrum.norm()).isCloseTo(golden.path("norm").asDouble(), within(ROUNDING));
        assertThat(spectrum.effectiveRank())
                .isCloseTo(golden.path("effective_rank").asDouble(), within(ROUNDING));
    }

    @Test
    void theWeightOnTheDirectionsOfTheChangeIsThatOfTheDenseMatrices() {
        Amplification found = Amplification.of(pair(0), matrix(golden.path("frozen")), 1);
        assertThat(found.weight()).isCloseTo(golden.path("norm_of_weight").asDouble(), within(ROUNDING));
        assertThat(found.onChange()).isCloseTo(golden.path("weight_on_change").asDouble(), within(ROUNDING));
        assertThat(found.onWeight()).isCloseTo(golden.path("weight_on_its_own").asDouble(), within(ROUNDING));
    }
}
