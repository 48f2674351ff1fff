package dev.lora4j.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.formats.safetensors.SafetensorsWriter;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * PEFT's adapter folder: {@code adapter_config.json} and {@code adapter_model.safetensors}, read and written exactly.
 *
 * <p>The methods that LoRA is compared with ({@link Baseline}) have the same two files with a {@code peft_type} of their own,
 * which PEFT does not know. {@code labels.json} beside them holds the names of a classifier's outputs, which PEFT has no place for.
 */
public final class AdapterFolder {
    static final String CONFIG = "adapter_config.json";
    static final String WEIGHTS = "adapter_model.safetensors";
    static final String LABELS = "labels.json";

    private AdapterFolder() {}

    /** True if the folder looks like an adapter's. */
    public static boolean isAdapter(Path folder) {
        return Files.isRegularFile(folder.resolve(CONFIG));
    }

    /** True if it is an adapter's folder, or has what may be an adapter's weights and no model's configuration. */
    public static boolean resembles(Path path) {
        boolean model = Files.isRegularFile(path.resolve("config.json"));
        return isAdapter(path) || (!model && AdapterFiles.haveWeights(path));
    }

    /**
     * Reads an adapter for a model.
     *
     * @throws AdapterException if it does not fit the model, lacks a tensor, has one too many, holds values that are not
     *     finite, or asks for something that is not done here
     */
    public static Adapter read(Path folder, LanguageModel model) {
        Path config = AdapterFiles.configuration(folder);
        Path weights = AdapterFiles.weights(folder);
        PeftConfig.Parsed parsed = PeftConfig.parse(JsonFile.read(config), config.toString(), model.task());
        return parsed.baseline().isPresent()
                ? BaselineReader.read(weights, model, parsed, labels(folder))
                : new AdapterReader(weights, model, parsed, labels(folder)).read();
    }

    /**
     * What an adapter is for.
     *
     * @param absent the answer where its configuration names no task
     */
    public static ModelTask task(Path folder, ModelTask absent) {
        Path config = AdapterFiles.configuration(folder);
        return PeftConfig.parse(JsonFile.read(config), config.toString(), absent)
                .task();
    }

    /**
     * A base as far as adapters need it to be read: its outline, or its weights where one begins with a part of them.
     *
     * @param folders of the adapters
     */
    public static LanguageModel base(ModelFiles files, ModelTask task, List<Path> folders) {
        boolean weights = false;
        for (Path folder : folders) {
            Path config = AdapterFiles.configuration(folder);
            PeftConfig.Parsed parsed = PeftConfig.parse(JsonFile.read(config), config.toString(), task);
            weights |= parsed.config().initialization().changesBase();
        }
        return weights ? LanguageModel.load(files, task, Device.CPU) : LanguageModel.outline(files, task);
    }

    /** Bytes of memory that a folder's adapter will need, by the sizes of its tensors; nothing of them is read. */
    public static long bytes(Path folder) {
        return SafetensorsFile.open(AdapterFiles.weights(folder)).tensors().values().stream()
                .mapToLong(tensor -> Math.multiplyExact(Float.BYTES, tensor.elements()))
                .reduce(0, Math::addExact);
    }

    static List<String> labels(Path folder) {
        Path file = folder.resolve(LABELS);
        List<String> labels = new ArrayList<>();
        if (Files.isRegularFile(file)) {
            for (JsonNode label : JsonFile.read(file).path("labels")) {
                labels.add(label.asText());
            }
        }
        return labels;
    }

    /**
     * Writes an adapter: a new folder as a whole, or each file of an existing one as a whole, the configuration last.
     *
     * @param base name or path of the base model, for whoever reads the folder
     * @throws AdapterException of full fine-tuning, which is written by {@link MergedFolder#writeFull}
     */
    public static void write(Adapter adapter, String base, Path folder) {
        if (adapter.isFull()) {
            throw new AdapterException(
                    folder + ": full fine-tuning has made a model of its own, which is no adapter; it"
                            + " is written as a model's folder");
        }
        writeInto(folder, files(adapter, base));
    }

    /** A new folder as a whole, or each file of an existing one as a whole, in their order. */
    static void writeInto(Path folder, Map<String, FileContent> files) {
        if (Files.exists(folder)) {
            files.forEach((name, content) -> AtomicFile.write(folder.resolve(name), content));
        } else {
            AtomicDirectory.write(folder, directory -> files.forEach(directory::file));
        }
    }

    /**
     * The folder's files in the order in which they are to be written.
     *
     * <p>Of full fine-tuning only the values and the labels, under the same names: enough for a checkpoint, and no adapter
     * to anybody.
     */
    public static Map<String, FileContent> files(Adapter adapter, String base) {
        Map<String, FileContent> files = new LinkedHashMap<>();
        List<TensorContent> tensors = adapter.isFull() ? ConvertedAdapter.whole(adapter) : values(adapter);
        files.put(WEIGHTS, SafetensorsWriter.content(tensors, SafetensorsWriter.PYTORCH));
        if (!adapter.labels().isEmpty()) {
            ObjectNode labels = JsonNodeFactory.instance.objectNode();
            adapter.labels().forEach(labels.putArray("labels")::add);
            files.put(LABELS, FileContent.text(pretty(labels)));
        }
        if (adapter.isFull()) {
            return files;
        }
        files.put("README.md", FileContent.text(ModelCard.of(adapter, base)));
        ObjectNode config = adapter.baseline()
                .map(baseline -> BaselineConfig.toJson(baseline, adapter.config(), adapter.task(), base))
                .orElseGet(() -> PeftConfig.toJson(adapter, base));
        files.put(CONFIG, FileContent.text(pretty(config)));
        return files;
    }

    private static List<TensorContent> values(Adapter adapter) {
        List<TensorContent> tensors = new ArrayList<>();
        try (Scope scope = Scope.open()) {
            ConvertedAdapter.tensors(adapter)
                    .forEach((name, tensor) -> tensors.add(TensorContent.floats(
                            name, Arrays.stream(tensor.shape()).boxed().toList(), tensor.toFloats())));
        }
        return tensors;
    }

    private static String pretty(ObjectNode json) {
        return new ObjectMapper().valueToTree(json).toPrettyString() + "\n";
    }
}
