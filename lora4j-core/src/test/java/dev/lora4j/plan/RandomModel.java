package dev.lora4j.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Norm;
import dev.lora4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A folder with a model of a configuration and random weights. */
final class RandomModel {
    private RandomModel() {}

    static Path write(ObjectNode config, ModelTask task, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), config.toString());
        List<TensorContent> tensors = new ArrayList<>();
        Random random = new Random(3);
        try (LanguageModel outline = LanguageModel.outline("random", config, task)) {
            for (AdaptableModule module : outline.modules()) {
                if (!(outline.hasTiedEmbeddings() && module.path().equals("lm_head"))) {
                    float[] values = new float[Math.toIntExact(module.weight().elements())];
                    if (module instanceof Norm) {
                        Arrays.fill(values, 1);
                    } else {
                        fill(values, random);
                    }
                    tensors.add(tensor(module.path() + ".weight", module.shape(), values));
                }
                Tensor bias = module.bias();
                if (bias != null) {
                    tensors.add(
                            tensor(module.path() + ".bias", bias.shape(), new float[Math.toIntExact(bias.elements())]));
                }
            }
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        return folder;
    }

    private static void fill(float[] values, Random random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (random.nextFloat() - 0.5f) / 15;
        }
    }

    private static TensorContent tensor(String name, long[] shape, float[] values) {
        return TensorContent.floats(name, Arrays.stream(shape).boxed().toList(), values);
    }
}
