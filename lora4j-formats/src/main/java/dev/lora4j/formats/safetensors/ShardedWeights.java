package dev.lora4j.formats.safetensors;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.FileContent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The weight files of a model folder as transformers saves them: one file, or shards and their index. */
public final class ShardedWeights {
    /** The usual size of a shard. */
    public static final long SHARD_BYTES = 5_000_000_000L;

    private ShardedWeights() {}

    /**
     * Divides tensors among files, in their order.
     *
     * @param shardBytes most bytes of tensors in a file; a single larger tensor gets a file of its own
     * @return content by file name, the index last
     */
    public static Map<String, FileContent> files(Collection<TensorContent> tensors, long shardBytes) {
        return files(divide(tensors, shardBytes));
    }

    /**
     * Tensors divided as they are, one list for each file.
     *
     * @return content by file name, the index last
     */
    public static Map<String, FileContent> files(List<List<TensorContent>> shards) {
        Map<String, FileContent> files = new LinkedHashMap<>();
        if (shards.size() == 1) {
            files.put("model.safetensors", SafetensorsWriter.content(shards.get(0), SafetensorsWriter.PYTORCH));
            return files;
        }
        Map<String, String> fileOfTensor = new TreeMap<>();
        for (int i = 0; i < shards.size(); i++) {
            String name = String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
            files.put(name, SafetensorsWriter.content(shards.get(i), SafetensorsWriter.PYTORCH));
            shards.get(i).forEach(tensor -> fileOfTensor.put(tensor.name(), name));
        }
        files.put("model.safetensors.index.json", FileContent.text(index(fileOfTensor, bytes(shards))));
        return files;
    }

    private static List<List<TensorContent>> divide(Collection<TensorContent> tensors, long shardBytes) {
        List<List<TensorContent>> shards = new ArrayList<>();
        List<TensorContent> shard = new ArrayList<>();
        long bytes = 0;
        for (TensorContent tensor : tensors) {
            if (!shard.isEmpty() && bytes + tensor.bytes() > shardBytes) {
                shards.add(shard);
                shard = new ArrayList<>();
                bytes = 0;
            }
            shard.add(tensor);
            bytes = Math.addExact(bytes, tensor.bytes());
        }
        shards.add(shard);
        return shards;
    }

    private static long bytes(List<List<TensorContent>> shards) {
        return shards.stream()
                .flatMap(List::stream)
                .mapToLong(TensorContent::bytes)
                .reduce(0, Math::addExact);
    }

    private static String index(Map<String, String> fileOfTensor, long bytes) {
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.putObject("metadata").put("total_size", bytes);
        ObjectNode map = index.putObject("weight_map");
        fileOfTensor.forEach(map::put);
        return index.toPrettyString() + "\n";
    }
}
