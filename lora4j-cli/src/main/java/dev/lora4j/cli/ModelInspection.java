package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.cli.Inspection.TensorLine;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.gguf.GgufFile;
import dev.lora4j.formats.gguf.GgufModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is in a model, by its files alone: no weights are loaded. */
final class ModelInspection {
    private static final Map<String, String> SIZES = Map.ofEntries(
            Map.entry("num_hidden_layers", "layers"),
            Map.entry("n_layer", "layers"),
            Map.entry("hidden_size", "hidden size"),
            Map.entry("n_embd", "hidden size"),
            Map.entry("num_attention_heads", "attention heads"),
            Map.entry("n_head", "attention heads"),
            Map.entry("num_key_value_heads", "key-value heads"),
            Map.entry("vocab_size", "vocabulary"),
            Map.entry("max_position_embeddings", "context"),
            Map.entry("n_positions", "context"));

    private ModelInspection() {}

    static Inspection ofFolder(Path folder) {
        try (ModelFiles files = HuggingFaceFolder.open(folder)) {
            return of("model folder", files, stored(files.tensors().values()));
        }
    }

    static Inspection ofGguf(Path file) {
        List<TensorLine> tensors = GgufFile.open(file).tensors().values().stream()
                .map(tensor -> new TensorLine(tensor.name(), tensor.type().toString(), tensor.shape(), tensor.bytes()))
                .toList();
        try (ModelFiles files = GgufModelFiles.open(file)) {
            return of("GGUF model", files, tensors);
        }
    }

    static Inspection ofSafetensors(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        List<TensorLine> tensors = stored(file.tensors().values());
        Facts facts = new Facts().text("path", path.toString()).text("kind", "safetensors file");
        file.metadata().forEach((key, value) -> facts.text("metadata " + key, value));
        return new Inspection(sizes(facts, tensors), tensors);
    }

    private static Inspection of(String kind, ModelFiles files, List<TensorLine> tensors) {
        ObjectNode config = files.config();
        Facts facts = new Facts()
                .text("path", files.description())
                .text("kind", kind)
                .text("family", config.path("model_type").asText("unknown"));
        new TreeMap<>(SIZES).forEach((key, name) -> {
            if (config.path(key).isIntegralNumber()) {
                facts.count(name, config.path(key).asLong());
            }
        });
        facts.flag("tokenizer", files.tokenizerJson().isPresent());
        facts.flag(
                "chat template",
                files.tokenizerConfig()
                        .filter(tokenizer -> tokenizer.hasNonNull("chat_template"))
                        .isPresent());
        return new Inspection(sizes(facts, tensors), tensors);
    }

    private static Facts sizes(Facts facts, List<TensorLine> tensors) {
        Map<String, Long> bytesByType = tensors.stream()
                .collect(Collectors.groupingBy(
                        TensorLine::type, TreeMap::new, Collectors.summingLong(TensorLine::bytes)));
        facts.count(
                "parameters",
                tensors.stream()
                        .mapToLong(tensor -> StoredTensor.elements(tensor.shape()))
                        .sum());
        facts.count("tensors", tensors.size());
        facts.bytes(
                "size", bytesByType.values().stream().mapToLong(Long::longValue).sum());
        bytesByType.forEach((type, bytes) -> facts.bytes("of " + type, bytes));
        return facts;
    }

    private static List<TensorLine> stored(Collection<? extends StoredTensor> tensors) {
        return tensors.stream()
                .map(tensor -> tensor instanceof StoredTensor.Mapped part
                        ? new TensorLine(part.name(), part.type().name(), part.shape(), part.bytes())
                        : new TensorLine(tensor.name(), "F32", tensor.shape(), Float.BYTES * tensor.elements()))
                .toList();
    }
}
