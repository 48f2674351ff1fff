package dev.lora4j.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.SafetensorsFile;
import dev.lora4j.model.ModelTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an adapter folder says and holds, told without its base model.
 *
 * @param config the content of {@code adapter_config.json}
 * @param task empty if the file names none
 * @param labels of a classifier, in order; empty for other tasks
 * @param refusal why lora4j would not use it, if so
 * @param ranks of the adapted layers, by path, in the order of the file
 * @param others names of all other tensors, such as those of modules trained whole
 * @param lowRank values in A and B of all layers
 * @param parameters values in all tensors
 * @param bytes of the weight file
 */
public record AdapterSummary(
        ObjectNode config,
        Optional<ModelTask> task,
        List<String> labels,
        Optional<String> refusal,
        Map<String, Long> ranks,
        List<String> others,
        long lowRank,
        long parameters,
        long bytes) {
    /** Of A and B of a layer, without PEFT's prefix: the layer's path, whether it is a table, and which of the two. */
    static final Pattern PAIR = Pattern.compile("(.*)\\.lora_(embedding_)?([AB])(\\.weight)?");

    /** Reads the configuration and the header of the weights. */
    public static AdapterSummary of(Path folder) {
        Path configFile = AdapterFiles.configuration(folder);
        ObjectNode config = JsonFile.read(configFile);
        Optional<ModelTask> task = Optional.empty();
        Optional<String> refusal = Optional.empty();
        try {
            PeftConfig.Parsed parsed = PeftConfig.parse(config, configFile.toString(), ModelTask.CAUSAL_LM);
            task = config.hasNonNull("task_type") ? Optional.of(parsed.task()) : Optional.empty();
        } catch (Lora4jException e) {
            refusal = Optional.ofNullable(e.getMessage());
        }
        Path weights = AdapterFiles.weights(folder);
        Map<String, StoredTensor.Mapped> tensors = SafetensorsFile.open(weights).tensors();
        if (LoralibNames.areIn(tensors.keySet()) && !config.hasNonNull("lora_alpha")) {
            refusal = Optional.ofNullable(LoralibNames.withoutAlpha(weights).getMessage());
        }
        Map<String, Long> ranks = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        long lowRank = 0;
        long parameters = 0;
        long bytes = 0;
        for (StoredTensor.Mapped tensor : tensors.values()) {
            parameters += tensor.elements();
            bytes += tensor.bytes();
            String name = TensorNames.module(tensor.name());
            Matcher pair = PAIR.matcher(name);
            if (!pair.matches() || tensor.shape().isEmpty()) {
                others.add(name);
                continue;
            }
            lowRank += tensor.elements();
            if (pair.group(3).equals("A")) {
                ranks.put(pair.group(1), tensor.shape().get(0));
            }
        }
        return new AdapterSummary(
                config, task, AdapterFolder.labels(folder), refusal, ranks, others, lowRank, parameters, bytes);
    }
}
