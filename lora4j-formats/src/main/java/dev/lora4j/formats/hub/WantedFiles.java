package dev.lora4j.formats.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Which files of a repository a model, or an adapter, needs. */
final class WantedFiles {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final Set<String> SMALL = Set.of(
            "config.json",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "chat_template.jinja",
            "vocab.json",
            "merges.txt",
            "vocab.txt",
            "tokenizer.model",
            "adapter_config.json");

    private static final String ADAPTER = "adapter_model.safetensors";

    private WantedFiles() {}

    /** All but shards, whose names are in the index; the weights last. */
    static List<String> of(RepositoryName repository, Collection<String> files) {
        Set<String> wanted = new TreeSet<>(SMALL);
        wanted.retainAll(files);
        List<String> weights = List.of(SINGLE, INDEX, ADAPTER).stream()
                .filter(files::contains)
                .limit(1)
                .toList();
        if (weights.isEmpty()) {
            throw new HubException(repository + " has no " + SINGLE + others(files));
        }
        return Stream.concat(wanted.stream(), weights.stream()).toList();
    }

    /** The shards that an index names. */
    static Set<String> shards(ObjectNode index) {
        Set<String> shards = new TreeSet<>();
        for (JsonNode shard : index.path("weight_map")) {
            shards.add(shard.asText());
        }
        return shards;
    }

    private static String others(Collection<String> files) {
        List<String> gguf = files.stream()
                .filter(file -> file.endsWith(".gguf"))
                .sorted()
                .limit(3)
                .toList();
        if (!gguf.isEmpty()) {
            return "; it has " + String.join(", ", gguf) + ": download that file and give its path";
        }
        boolean pickle = files.stream().anyMatch(file -> file.endsWith(".bin"));
        return pickle
                ? ", only PyTorch .bin files, which can run code and are not read: convert them in Python with"
                        + " save_pretrained"
                : "";
    }
}
