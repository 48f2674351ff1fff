package dev.lora4j.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.JsonFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GLUE's scores against scikit-learn and SciPy, and where its files are found. */
class GlueTaskTest {
    @TempDir
    Path folder;

    @Test
    void scoresAreThoseOfScikitLearnAndSciPy() throws URISyntaxException {
        Path file = Path.of(Objects.requireNonNull(GlueTaskTest.class.getResource("/golden/task-scores.json"))
                .toURI());
        Set<String> seen = new TreeSet<>();
        for (JsonNode each : JsonFile.read(file).path("cases")) {
            GlueTask task = task(each.path("task").asText());
            seen.add(task.key());
            double[] expected = values(each.path("expected"));
            double[] predicted = values(each.path("predicted"));
            TaskScores scores = task.labels().isEmpty()
                    ? task.score(expected, predicted)
                    : task.score(indices(expected), indices(predicted));
            List<String> names = new ArrayList<>();
            each.path("scores").fieldNames().forEachRemaining(names::add);
            assertThat(scores.values().keySet()).containsExactlyElementsOf(names);
            names.forEach(
                    name -> assertThat(Objects.requireNonNull(scores.values().get(name)))
                            .as("%s of %s", name, task)
                            .isCloseTo(each.path("scores").path(name).asDouble(), within(1e-14)));
        }
        assertThat(seen).hasSize(GlueTask.values().length);
    }

    @Test
    void theHeadlineIsWhatTheLoraPaperShows() {
        int[] right = {0, 1, 1};
        assertThat(GlueTask.COLA.score(right, right).headline()).isEqualTo("matthews");
        assertThat(GlueTask.MRPC.score(right, new int[] {0, 1, 0}).main()).isEqualTo(2 / 3.0);
        assertThat(GlueTask.STS_B
                        .score(new double[] {1, 2}, new double[] {2, 4})
                        .headline())
                .isEqualTo("pearson");
    }

    @Test
    void filesAreFoundInTheTasksFolderOrTheOneAroundItPackedOrNot() throws IOException {
        Path inner = Files.createDirectories(folder.resolve("SST-2"));
        Path packed = Files.createFile(inner.resolve("train.tsv.gz"));
        assertThat(GlueTask.SST_2.trainingFile(folder)).isEqualTo(packed);
        assertThat(GlueTask.SST_2.trainingFile(inner)).isEqualTo(packed);
        Path plain = Files.createFile(inner.resolve("train.tsv"));
        assertThat(GlueTask.SST_2.trainingFile(folder)).isEqualTo(plain);
        assertThatThrownBy(() -> GlueTask.SST_2.developmentFiles(folder))
                .isInstanceOf(FileAccessException.class)
                .hasMessageContaining(inner + ": has no dev.tsv or dev.tsv.gz; expected the folder of SST-2");
    }

    private static GlueTask task(String key) {
        return Arrays.stream(GlueTask.values())
                .filter(task -> task.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static double[] values(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static int[] indices(double[] values) {
        return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }
}
