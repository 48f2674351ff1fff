package dev.lora4j.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.model.ModelTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@code adapter_config.json} of the methods that PEFT has no form for: a {@code peft_type} of our own, which PEFT refuses.
 */
final class BaselineConfig {
    private static final String SIZE = "size";
    private static final String HEADS = "modules_to_save";

    private BaselineConfig() {}

    /** The kind that a {@code peft_type} names, if it is one of these. */
    static Optional<Baseline.Kind> kind(String peftType) {
        return Arrays.stream(Baseline.Kind.values())
                .filter(kind -> kind.name().equals(peftType))
                .findFirst();
    }

    static Baseline baseline(Baseline.Kind kind, ObjectNode json, String file) {
        JsonNode size = json.path(SIZE);
        if (!size.isMissingNode() && !size.canConvertToInt()) {
            throw new AdapterException(file + ": " + SIZE + " is " + size + "; expected a whole number");
        }
        try {
            return new Baseline(kind, size.asInt(0));
        } catch (AdapterException e) {
            throw new AdapterException(file + ": " + e.getMessage(), e);
        }
    }

    /** Which modules are trained whole beside it. */
    static LoraConfig heads(ObjectNode json) {
        List<String> names = new ArrayList<>();
        json.path(HEADS).forEach(name -> names.add(name.asText()));
        return LoraConfig.defaults().modulesToSave(names);
    }

    static ObjectNode toJson(Baseline baseline, LoraConfig heads, ModelTask task, String base) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("base_model_name_or_path", base);
        heads.modulesToSave().forEach(json.putArray(HEADS)::add);
        json.put("peft_type", baseline.kind().name());
        json.put(SIZE, baseline.size());
        json.put("task_type", task.name());
        return json;
    }
}
