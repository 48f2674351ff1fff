package dev.lora4j.plan;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.WeightFormat;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The small models of the golden tests, and settings for them. */
final class SmallModels {
    private SmallModels() {}

    static ModelFiles files(String name) {
        try {
            return HuggingFaceFolder.open(
                    Path.of(Objects.requireNonNull(SmallModels.class.getResource("/golden/" + name), name)
                            .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static PlanSettings settings(PlanMethod method, LoraConfig config, PlanSettings.Batch batch) {
        return new PlanSettings(method, config, 0, 256, batch, PlanOptimizer.ADAMW, WeightFormat.F32, 4, 100);
    }

    static PlanSettings.Batch batch(int rows, int length, boolean recompute) {
        return new PlanSettings.Batch(rows, length, rows * length, recompute);
    }
}
