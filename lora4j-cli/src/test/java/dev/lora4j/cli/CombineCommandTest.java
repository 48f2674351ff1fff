package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One adapter makes the first row of the query projection twos, the other the last row of the output layer hundreds. */
class CombineCommandTest {
    private static final String QUERY = "model.layers.0.self_attn.q_proj.weight";

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        TinyModel.write(folder.resolve("model"));
        TinyModel.writeAdapter(folder.resolve("first"));
        TinyModel.writeStubbornAdapter(folder.resolve("second"));
    }

    private CliRun combine(String adapters, String... more) {
        List<String> args = new ArrayList<>(List.of("combine", "-m", path("model"), "-o", path("out"), "-a", adapters));
        args.addAll(List.of(more));
        return CliRun.of(args.toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private String both() {
        return path("first") + "," + path("second");
    }

    /** A weight of the base with the combined adapter merged in. */
    private FloatBuffer merged(String name) throws IOException {
        Path model = folder.resolve("merged");
        assertThat(CliRun.of("merge", "-m", path("model"), "-a", path("out"), "-o", model.toString())
                        .err())
                .isEmpty();
        Path file = model.resolve("model.safetensors");
        StoredTensor.Mapped tensor = SafetensorsFile.open(file).tensor(name);
        return ByteBuffer.wrap(Files.readAllBytes(file), (int) tensor.offset(), (int) tensor.bytes())
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    @Test
    void whatTheAdaptersDoIsAddedWithTheirWeights() throws IOException {
        CliRun run = combine(both(), "--weights", "-0.5,0.25", "--json");
        assertThat(run.err()).isEmpty();
        assertThat(run.json().path("adapted_layers").asInt()).isEqualTo(2);
        assertThat(run.json().path("relative_error").asDouble()).isZero();
        FloatBuffer query = merged(QUERY);
        for (int i = 0; i < 36; i++) {
            assertThat(query.get(i)).isEqualTo(i < 6 ? -1f : 0f);
        }
        JsonNode inspected = CliRun.of("inspect", path("out"), "--json").json();
        assertThat(inspected.path("base").asText()).isEqualTo(path("model"));
        assertThat(inspected.path("rank").asInt()).isEqualTo(1);
        assertThat(inspected.path("alpha").asInt()).isEqualTo(1);
    }

    @Test
    void anAdapterMinusItselfIsTheBase() throws IOException {
        assertThat(combine(path("first") + "," + path("first"), "-w", "1,-1", "--method", "linear")
                        .exitCode())
                .isZero();
        FloatBuffer query = merged(QUERY);
        for (int i = 0; i < 36; i++) {
            assertThat(query.get(i)).isZero();
        }
    }

    @Test
    void everyMethodIsThere() throws IOException {
        for (String method : new String[] {"cat", "linear", "svd", "ties", "dare", "dare-ties", "magnitude"}) {
            String output = path("out-" + method);
            CliRun run = CliRun.of(
                    "combine", "-m", path("model"), "-a", path("first"), "--method", method, "-o", output, "--json");
            assertThat(run.err()).as(method).isEmpty();
            assertThat(run.json().path("method").asText()).isEqualTo(method);
            assertThat(run.json().path("largest_rank").asInt()).isEqualTo(1);
        }
    }

    @Test
    void aRankLargerThanItNeedsToBeIsReduced() {
        combine(path("first") + "," + path("first"), "--method", "cat");
        CliRun run = CliRun.of(
                "combine",
                "-m",
                path("model"),
                "-a",
                path("out"),
                "--method",
                "svd",
                "--energy",
                "0.99",
                "-o",
                path("less"),
                "--json");
        assertThat(run.json().path("largest_rank").asInt()).isEqualTo(1);
        assertThat(run.json().path("relative_error").asDouble()).isLessThan(1e-6);
    }

    @Test
    void anOptionThatTheMethodDoesNotKnowIsRefused() {
        assertThat(combine(both(), "--rank", "4").err())
                .hasLineCount(1)
                .contains("rank has no meaning for the method cat, which is exact");
        assertThat(combine(both(), "--method", "svd", "--density", "0.5").err())
                .hasLineCount(1)
                .contains("density has no meaning for the method svd");
        assertThat(combine(both(), "--method", "svd", "--rank", "1", "--energy", "0.5")
                        .err())
                .contains("give rank or energy, not both");
        assertThat(combine(both(), "--method", "ties", "--density", "0").err())
                .contains("density is 0.0; expected a share above 0 and at most 1");
        assertThat(combine(both(), "--weights", "1").err()).contains("2 adapters need as many weights, found 1");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void anAdapterIsNotOverwritten() {
        combine(both());
        CliRun again = combine(both());
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains("already has an adapter");
    }
}
