package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.data.Dataset;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full fine-tuning that was stopped goes on, over the base as it is on the disk. */
class FullResumeTest {
    @TempDir
    private Path folder;

    /** Past the first epoch, mid-accumulation; validated, so that the best of its evaluations is what it ends with. */
    private static TrainingConfig config() {
        return TinyRun.config()
                .batchSize(2)
                .gradientAccumulation(2)
                .maxSteps(9)
                .evaluationSteps(2)
                .saveSteps(2)
                .build();
    }

    private static ModelFiles files(String base) {
        try {
            return HuggingFaceFolder.open(
                    Path.of(FullResumeTest.class.getResource("/golden/" + base).toURI()));
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Trains into a folder and writes the model there; gives its weights' bytes. */
    private byte[] train(String base, Path output, boolean resume, long stopAfter) throws IOException {
        Dataset rows = TinyRun.rows(13, 4);
        try (ModelFiles files = files(base);
                LanguageModel model = LanguageModel.load(files, ModelTask.CAUSAL_LM, Device.CPU);
                Adapter full = Adapter.full(model)) {
            TrainingTask task = TrainingTask.of("full", full, rows, config())
                    .validatedOn(TinyRun.rows(3, 50))
                    .savedTo(output);
            Trainer trainer = Trainer.of(model, resume ? task.resumed() : task);
            trainer.train(new TrainingListener() {
                @Override
                public void stepped(TrainingTask each, StepRecord record) {
                    if (record.step() == stopAfter) {
                        trainer.requestStop();
                    }
                }
            });
            MergedFolder.writeFull(files, model, full, output);
            return Files.readAllBytes(output.resolve("model.safetensors"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "gpt2"})
    void aResumedRunWritesTheSameBytes(String base) throws IOException {
        byte[] whole = train(base, folder.resolve("whole"), false, -1);
        byte[] stopped = train(base, folder.resolve("stopped"), false, 5);
        assertThat(stopped).isNotEqualTo(whole);
        assertThat(train(base, folder.resolve("stopped"), true, -1)).isEqualTo(whole);
    }

    @Test
    void aCheckpointOfItIsNoAdapterAndBelongsToItsBase() throws IOException {
        train("llama-tied", folder.resolve("run"), false, 4);
        Path checkpoint = folder.resolve("run/checkpoints/step-00000004");
        assertThat(checkpoint)
                .isDirectoryContaining("glob:**adapter_model.safetensors")
                .isDirectoryNotContaining("glob:**adapter_config.json");
        assertThatThrownBy(() -> train("llama", folder.resolve("run"), true, -1))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("base: ");
    }
}
