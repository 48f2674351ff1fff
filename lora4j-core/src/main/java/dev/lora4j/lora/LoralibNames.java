package dev.lora4j.lora;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.StoredTensor;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How loralib's {@code lora_state_dict} calls an adapter's tensors: the model's own paths, with {@code lora_A} and {@code
 * lora_B} of each layer.
 *
 * <p>Shapes are PEFT's but for {@code MergedLinear}, which adapts some parts of a fused layer: its B is [outputs of those
 * parts, rank of one]. Nothing there says α, so {@code adapter_config.json} is to be written beside such a file.
 */
final class LoralibNames {
    private static final String A = ".lora_A";
    private static final String B = ".lora_B";

    private LoralibNames() {}

    /** True if the names of a file are loralib's. */
    static boolean areIn(Collection<String> names) {
        return names.stream().anyMatch(name -> name.endsWith(A));
    }

    /** What PEFT calls a tensor of loralib's beside a layer that is no embedding. */
    static String inPeft(String name) {
        if (name.endsWith(A)) {
            return TensorNames.loraA(path(name), false);
        }
        return name.endsWith(B) ? TensorNames.loraB(path(name), false) : TensorNames.path(name);
    }

    private static String path(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** PEFT's default α is not loralib's, and whoever wrote the configuration by hand may mean either. */
    static AdapterException withoutAlpha(Path file) {
        return new AdapterException(file + ": the tensors have loralib's names and " + AdapterFolder.CONFIG
                + " does not say lora_alpha; write there the one that they were trained with");
    }

    /** Refuses the pairs of some parts of a fused layer where the configuration does not say which. */
    static void requireOnePair(@Nullable StoredTensor a, @Nullable StoredTensor b, String path) {
        if (a != null && b != null && isOfParts(a, b)) {
            throw new AdapterException(path + ": loralib's file adapts some parts of this fused layer; name them in "
                    + AdapterFolder.CONFIG + ", such as \"fused_parts\": {\"" + NearestNames.lastPart(path)
                    + "\": [\"q\", \"v\"]}");
        }
    }

    private static boolean isOfParts(StoredTensor a, StoredTensor b) {
        return a.shape().size() == 2
                && b.shape().size() == 2
                && !a.shape().get(0).equals(b.shape().get(1));
    }

    /** What {@code adapter_config.json} has to say beside a file, as far as its tensors tell. */
    static ObjectNode configuration(Map<String, ? extends StoredTensor> tensors) {
        ObjectNode config = JsonNodeFactory.instance.objectNode().put("peft_type", "LORA");
        Set<String> targets = new LinkedHashSet<>();
        Set<String> fused = new LinkedHashSet<>();
        boolean head = false;
        for (StoredTensor tensor : tensors.values()) {
            String name = tensor.name();
            head |= TargetSelection.AUTOMATIC_HEADS.stream().anyMatch(name::startsWith);
            StoredTensor b = tensors.get(name.replaceFirst("\\.lora_A$", B));
            if (name.endsWith(A) && b != null && b.shape().size() == 2) {
                targets.add(NearestNames.lastPart(path(name)));
                config.put("r", b.shape().get(1));
                if (isOfParts(tensor, b)) {
                    fused.add(NearestNames.lastPart(path(name)));
                }
            }
        }
        targets.forEach(config.withArray("target_modules")::add);
        fused.forEach(module ->
                config.withObject("/fused_parts").putArray(module).add("q").add("v"));
        if (head) {
            config.put("task_type", "SEQ_CLS");
        }
        return config;
    }
}
