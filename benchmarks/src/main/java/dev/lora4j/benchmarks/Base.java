package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.gguf.GgufModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The model of a request ({@code model}, {@code task}, {@code weights}) with its {@code adapters}; closes them all. */
final class Base implements AutoCloseable {
    private final ModelFiles files;
    private final LanguageModel model;
    private final List<Adapter> adapters = new ArrayList<>();

    private Base(ModelFiles files, LanguageModel model) {
        this.files = files;
        this.model = model;
    }

    static Base load(JsonNode request) {
        ModelFiles files = open(Path.of(request.path("model").asText()));
        ModelTask task = ModelTask.valueOf(request.path("task").asText("CAUSAL_LM"));
        WeightFormat weights =
                WeightFormat.valueOf(request.path("weights").asText("f32").toUpperCase(Locale.ROOT));
        Base base = new Base(files, LanguageModel.load(files, task, Device.CPU, weights));
        for (JsonNode folder : request.path("adapters")) {
            base.adapters.add(AdapterFolder.read(Path.of(folder.asText()), base.model));
        }
        return base;
    }

    /** The GGUF file that the folder's float32 weights were made from, where there is one: as users have the model. */
    private static ModelFiles open(Path folder) {
        Path gguf = folder.resolve("model.gguf");
        return Files.exists(gguf) ? GgufModelFiles.open(gguf) : HuggingFaceFolder.open(folder);
    }

    LanguageModel model() {
        return model;
    }

    List<Adapter> adapters() {
        return adapters;
    }

    @Override
    public void close() {
        adapters.forEach(Adapter::close);
        model.close();
        files.close();
    }
}
