package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One adapter makes the first row of the query projection twos, ‖ΔW‖ = 2 √6; the other the last but one of the output layer
 * hundreds, where the base has a single one: ‖ΔW‖ = 100 √6 and uᵀWv = 1/√6.
 */
class AnalyzeCommandTest {
    private static final double ROUNDING = 1e-6;
    private static final String QUERY = "model.layers.0.self_attn.q_proj";

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        TinyModel.writeAdapter(folder.resolve("first"));
        TinyModel.writeStubbornAdapter(folder.resolve("second"));
    }

    private CliRun analyze(String... args) {
        List<String> all = new ArrayList<>(List.of("analyze"));
        for (String arg : args) {
            all.add(Files.isDirectory(folder.resolve(arg)) ? path(arg) : arg);
        }
        all.addAll(List.of("-o", path("out")));
        return CliRun.of(all.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private JsonNode values() {
        return JsonFile.read(folder.resolve("out").resolve("analysis.json"));
    }

    private void writeQuery(String name, float[] a, float[] b) throws IOException {
        TinyModel.writeAdapter(folder.resolve(name));
        String prefix = "base_model.model." + QUERY;
        SafetensorsWriter.write(
                folder.resolve(name).resolve("adapter_model.safetensors"),
                List.of(
                        TensorContent.floats(prefix + ".lora_A.weight", List.of(1L, (long) a.length), a),
                        TensorContent.floats(prefix + ".lora_B.weight", List.of((long) b.length, 1L), b)));
    }

    @Test
    void anAdapterIsAnalyzedByItsFilesAlone() throws IOException {
        CliRun run = analyze("first", "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.json().path("layers").asInt()).isEqualTo(1);
        assertThat(run.json().path("suggested_rank").asInt()).isEqualTo(1);
        JsonNode layer = values().path("layers").get(0);
        assertThat(layer.path("path").asText()).isEqualTo(QUERY);
        assertThat(layer.path("norm").asDouble()).isCloseTo(2 * Math.sqrt(6), within(ROUNDING));
        assertThat(layer.path("singular_values")).hasSize(1);
        assertThat(layer.path("effective_rank").asDouble()).isEqualTo(1);
        assertThat(layer.has("amplification")).isFalse();
        assertThat(values().path("suggested_ranks").path(QUERY).asInt()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("out").resolve("report.html")))
                .contains("<svg")
                .contains(QUERY);
        assertThat(files())
                .containsExactly("analysis.json", "effective-rank.png", "report.html", "singular-values.png");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** A of ones against A of three ones: cos² = (3 / (√6 √3))² = 1/2; B is the same in both. */
    @Test
    void twoAdaptersAreComparedSideBySide() throws IOException {
        writeQuery("half", new float[] {1, 1, 1, 0, 0, 0}, new float[] {5, 0, 0, 0, 0, 0});
        CliRun run = analyze("first", "half", "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.json().path("layers_in_common").asInt()).isEqualTo(1);
        assertThat(run.json().path("similarity_of_a").asDouble()).isCloseTo(0.5, within(ROUNDING));
        assertThat(run.json().path("similarity_of_b").asDouble()).isCloseTo(1, within(ROUNDING));
        assertThat(run.json().path("similarity_of_dw").asDouble()).isCloseTo(0.5, within(ROUNDING));
        assertThat(run.json().path("first_direction_of_a_in_the_other").asDouble())
                .isCloseTo(0.5, within(ROUNDING));
        JsonNode similarities = values().path("similarities");
        assertThat(similarities).hasSize(3);
        assertThat(similarities.get(0).path("of").asText()).isEqualTo("A");
        assertThat(similarities.get(0).path("phi").get(0).get(0).asDouble()).isCloseTo(0.5, within(ROUNDING));
        assertThat(values().path("other_layers").get(0).path("norm").asDouble())
                .isCloseTo(10 * Math.sqrt(3), within(ROUNDING));
        assertThat(values().path("random")).hasSize(3);
        for (String side : List.of("A", "B", "change")) {
            Path picture = folder.resolve("out").resolve("similarity-" + side + "-self_attn-q_proj.png");
            assertThat(ImageIO.read(picture.toFile()).getHeight()).isGreaterThan(50);
        }
        assertThat(Files.readString(folder.resolve("out").resolve("report.html")))
                .contains("data:image/png");
    }

    @Test
    void theBaseTellsWhatIsAmplified() {
        CliRun run = analyze("second", "--model", "model", "--json");
        assertThat(run.err()).isEmpty();
        JsonNode found = values().path("layers").get(0).path("amplification");
        assertThat(found.path("norm_of_change").asDouble()).isCloseTo(100 * Math.sqrt(6), within(ROUNDING));
        assertThat(found.path("norm_of_weight").asDouble()).isCloseTo(Math.sqrt(5), within(ROUNDING));
        assertThat(found.path("weight_on_change").asDouble()).isCloseTo(1 / Math.sqrt(6), within(ROUNDING));
        assertThat(found.path("weight_on_its_own").asDouble()).isCloseTo(1, within(ROUNDING));
        assertThat(found.path("factor").asDouble()).isCloseTo(600, within(1e-3));
        assertThat(run.json().path("mean_amplification").asDouble()).isCloseTo(600, within(1e-3));
    }

    @Test
    void anAdapterBeforeItsFirstStepHasNothingToShow() throws IOException {
        writeQuery("fresh", new float[] {1, 1, 1, 1, 1, 1}, new float[6]);
        CliRun run = analyze("fresh", "first", "--model", "model", "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.json().path("suggested_rank").asInt()).isZero();
        assertThat(values().path("similarities")).hasSize(1); // of A: B and ΔW have no directions
        assertThat(values().path("layers").get(0).has("amplification")).isFalse();
    }

    @Test
    void whatDoesNotFitIsOneLine() throws IOException {
        assertThat(analyze("first", "second").err())
                .hasLineCount(1)
                .contains("adapt no layer in common")
                .contains(QUERY)
                .contains("lm_head");
        writeQuery("narrow", new float[5], new float[] {1, 0, 0, 0, 0, 0});
        assertThat(analyze("first", "narrow").err())
                .hasLineCount(1)
                .contains("a weight of shape [6, 5]")
                .contains("one of [6, 6]");
        assertThat(analyze("first", "--modules", "v_proj").err())
                .hasLineCount(1)
                .contains("no adapted layer is called \"v_proj\"; did you mean q_proj?");
        assertThat(analyze("first", "--suggest-rank", "95").err())
                .hasLineCount(1)
                .contains("the energy to keep is 95.0; expected a share above 0 and at most 1");
        assertThat(analyze("model").err()).hasLineCount(1).contains("no adapter_config.json there");
        writeQuery("wide", new float[] {1, 1, 1, 1, 1, 1, 1}, new float[] {1, 0, 0, 0, 0, 0});
        assertThat(analyze("wide", "--model", "model").err())
                .hasLineCount(1)
                .contains(QUERY)
                .contains("was it trained on another base?");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void anAnalysisIsNotOverwritten() {
        assertThat(analyze("first").exitCode()).isZero();
        CliRun again = analyze("first");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains("already has an analysis");
    }
}
