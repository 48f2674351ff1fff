package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.plan.MemoryPlan;
import dev.lora4j.plan.PlanMethod;
import dev.lora4j.plan.PlanOptimizer;
import dev.lora4j.plan.PlanSettings;
import dev.lora4j.plan.TrainingPlan;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a plan counts of the file that a base is read from. */
class PlannedFilesTest {
    private static MemoryPlan plan(ModelFiles files, WeightFormat format) {
        PlanSettings.Batch batch = new PlanSettings.Batch(1, 8, 8, false);
        PlanSettings settings = new PlanSettings(
                PlanMethod.LORA, LoraConfig.rank(2), 0, batch, PlanOptimizer.ADAMW, format, Float.BYTES, 1);
        try (LanguageModel outline = LanguageModel.outline(files, ModelTask.CAUSAL_LM)) {
            return TrainingPlan.of(outline, settings, Optional.of(files)).memory();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "NF4"})
    void pagesThatWereDecodedStayBesideTheWeights(WeightFormat format) throws IOException {
        try (ModelFiles plain = HuggingFaceFolder.open(Golden.folder("llama"))) {
            ModelFiles blocks = BlockFiles.of(plain);
            long values = plain.tensors().values().stream()
                    .filter(tensor -> tensor.shape().size() == 2)
                    .mapToLong(StoredTensor::elements)
                    .sum();
            MemoryPlan decoded = plan(blocks, format);
            MemoryPlan copied = plan(plain, format);
            assertThat(decoded.file()).isEqualTo(values); // a byte each
            assertThat(copied.file()).isZero();
            assertThat(decoded.total() - copied.total()).isEqualTo(values);
        }
    }

    @Test
    void weightsThatStayInTheFileAreCountedOnce() throws IOException {
        try (ModelFiles plain = HuggingFaceFolder.open(Golden.folder("llama"))) {
            assertThat(plan(BlockFiles.of(plain), WeightFormat.STORED).file()).isZero();
        }
    }
}
