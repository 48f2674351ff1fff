package dev.lora4j.formats.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.ContainedPath;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The weights of a model folder: one safetensors file, or shards with an index. */
final class FolderWeights {
    /** Llama 3.1 405B has 191 shards. */
    static final int MAX_SHARDS = 1000;

    private static final String SINGLE = "model.safetensors";

    private FolderWeights() {}

    static Map<String, StoredTensor> open(Path folder) {
        Path index = folder.resolve("model.safetensors.index.json");
        if (Files.exists(folder.resolve(SINGLE))) {
            Path file = ContainedPath.existing(folder, SINGLE, folder);
            return Collections.unmodifiableMap(
                    new LinkedHashMap<>(SafetensorsFile.open(file).tensors()));
        }
        if (Files.exists(index)) {
            return openShards(folder, index);
        }
        throw new FileAccessException(
                folder,
                hasPickle(folder)
                        ? "has its weights in a PyTorch .bin file, which can run code and is not read: load it in Python"
                                + " with transformers and save it with save_pretrained, which writes model.safetensors"
                        : "has no model.safetensors and no model.safetensors.index.json");
    }

    private static Map<String, StoredTensor> openShards(Path folder, Path index) {
        Map<String, String> shardOfTensor = weightMap(index);
        Map<String, Path> shards = new LinkedHashMap<>();
        for (String name : shardOfTensor.values()) {
            shards.computeIfAbsent(name, key -> ContainedPath.resolve(folder, key, index));
            if (shards.size() > MAX_SHARDS) {
                throw new InvalidFileException(index, "names more than " + MAX_SHARDS + " files");
            }
        }
        shards.replaceAll((name, path) -> ContainedPath.existing(folder, name, index));

        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, Path> shard : shards.entrySet()) {
            for (StoredTensor tensor :
                    SafetensorsFile.open(shard.getValue()).tensors().values()) {
                if (!shard.getKey().equals(shardOfTensor.get(tensor.name()))) {
                    throw new InvalidFileException(
                            shard.getValue(), "has the tensor \"" + tensor.name() + "\", the index says it has not");
                }
                tensors.put(tensor.name(), tensor);
            }
        }
        for (Map.Entry<String, String> entry : shardOfTensor.entrySet()) {
            if (!tensors.containsKey(entry.getKey())) {
                throw new InvalidFileException(
                        index, "places \"" + entry.getKey() + "\" in " + entry.getValue() + ", which does not have it");
            }
        }
        return Collections.unmodifiableMap(tensors);
    }

    private static Map<String, String> weightMap(Path index) {
        JsonNode map = JsonFile.read(index).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new InvalidFileException(index, "has no weight_map from tensors to files");
        }
        Map<String, String> files = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (!entry.getValue().isTextual()) {
                throw new InvalidFileException(index, "places \"" + entry.getKey() + "\" in something that is no name");
            }
            files.put(entry.getKey(), entry.getValue().textValue());
        }
        return files;
    }

    private static boolean hasPickle(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> {
                String name = file.getFileName().toString();
                return name.endsWith(".bin") || name.endsWith(".pt") || name.endsWith(".pth");
            });
        } catch (IOException e) {
            throw FileAccessException.reading(folder, e);
        }
    }
}
