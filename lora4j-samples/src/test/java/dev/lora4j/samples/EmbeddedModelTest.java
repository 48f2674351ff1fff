package dev.lora4j.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedModelTest {
    @Test
    void unpacksTheModelThatTheJarHolds(@TempDir Path folder) {
        EmbeddedModel model = EmbeddedModel.unpack(folder);
        assertThat(model.onnxFile()).hasParent(folder).hasSize(90_387_606);
        assertThat(model.tokenizerJson()).contains("\"BertNormalizer\"", "\"lowercase\": true");
    }
}
