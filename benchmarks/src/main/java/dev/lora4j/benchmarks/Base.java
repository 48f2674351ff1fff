package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.gguf.GgufModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedFolder;
import dev.lora4j.lora.Targets;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/**
 * The model of a request ({@code model}, {@code task}, {@code weights}, {@code compute}) with what is trained of it; closes them all.
 *
 * <p>That is its {@code adapters}, or a fresh one of a {@code rank} on {@code targets}, or with {@code full} every weight.
 */
final class Base implements AutoCloseable {
    private static final long SEED = 7;

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
        WeightFormat weights = format(request);
        Base base = new Base(files, LanguageModel.load(files, task, Device.CPU, weights));
        for (JsonNode folder : request.path("adapters")) {
            base.adapters.add(AdapterFolder.read(Path.of(folder.asText()), base.model));
        }
        if (request.path("full").asBoolean()) {
            base.adapters.add(Adapter.full(base.model));
        } else if (request.has("rank")) {
            base.adapters.add(fresh(base.model, request));
        }
        return base;
    }

    private static WeightFormat format(JsonNode request) {
        if (request.path("compute").asText().equals("int8")) {
            return WeightFormat.INT8_PRODUCTS;
        }
        return WeightFormat.valueOf(request.path("weights").asText("f32").toUpperCase(Locale.ROOT));
    }

    private static Adapter fresh(LanguageModel model, JsonNode request) {
        String[] targets = StreamSupport.stream(request.path("targets").spliterator(), false)
                .map(JsonNode::asText)
                .toArray(String[]::new);
        LoraConfig config = LoraConfig.rank(request.path("rank").asInt()).targets(Targets.named(targets));
        return Adapter.create(model, config, SEED);
    }

    /** Writes what was trained, as a user gets it; gives the bytes of its weights. */
    long write(Path folder) {
        Adapter trained = adapters.get(0);
        if (trained.isFull()) {
            MergedFolder.writeFull(files, model, trained, folder);
            return bytes(folder.resolve("model.safetensors"));
        }
        AdapterFolder.write(trained, model.name(), folder);
        return bytes(folder.resolve("adapter_model.safetensors"));
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
