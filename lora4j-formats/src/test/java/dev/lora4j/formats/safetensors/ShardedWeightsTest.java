package dev.lora4j.formats.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.ModelFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedWeightsTest {
    @TempDir
    Path folder;

    private static final List<TensorContent> TENSORS = List.of(
            TensorContent.floats("a", List.of(2L), new float[] {1, 2}),
            TensorContent.floats("b", List.of(2L), new float[] {3, 4}),
            TensorContent.floats("c", List.of(5L), new float[5]),
            TensorContent.floats("d", List.of(1L), new float[1]));

    @Test
    void whatFitsIsOneFile() {
        assertThat(ShardedWeights.files(TENSORS, 40)).containsOnlyKeys("model.safetensors");
    }

    @Test
    void noShardIsLargerThanAllowedUnlessOneTensorIs() {
        assertThat(ShardedWeights.files(TENSORS, 16).keySet())
                .containsExactly(
                        "model-00001-of-00003.safetensors",
                        "model-00002-of-00003.safetensors",
                        "model-00003-of-00003.safetensors",
                        "model.safetensors.index.json");
    }

    @Test
    void shardsAreReadAsOneModel() {
        Map<String, FileContent> files = ShardedWeights.files(TENSORS, 16);
        Path model = folder.resolve("model");
        AtomicDirectory.write(model, directory -> {
            files.forEach(directory::file);
            directory.text("config.json", "{}");
        });
        try (ModelFiles read = HuggingFaceFolder.open(model)) {
            assertThat(read.tensors()).containsOnlyKeys("a", "b", "c", "d");
        }
    }
}
