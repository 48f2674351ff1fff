package dev.lora4j.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/**
 * The keys of {@code adapter_config.json} whose meaning is known here, done or refused.
 *
 * <p>PEFT drops unknown keys with a warning; a newer writer's variant would then compute something else. A key that asks
 * for nothing (null, false, empty) may be there.
 */
final class PeftKeys {
    private static final Set<String> KNOWN = Set.of(
            "alora_invocation_tokens",
            "alpha_pattern",
            "arrow_config",
            "auto_mapping",
            "base_model_name_or_path",
            "bias",
            "corda_config",
            "enable_lora",
            "ensure_weight_tying",
            "eva_config",
            "exclude_modules",
            "fan_in_fan_out",
            "fused_parts",
            "inference_mode",
            "init_lora_weights",
            "kasa_config",
            "layer_replication",
            "layers_pattern",
            "layers_to_transform",
            "loftq_config",
            "lora_alpha",
            "lora_bias",
            "lora_dropout",
            "lora_ga_config",
            "megatron_config",
            "megatron_core",
            "merge_weights",
            "modules_to_save",
            "monteclora_config",
            "peft_type",
            "peft_version",
            "qalora_group_size",
            "r",
            "rank_pattern",
            "revision",
            "runtime_config",
            "target_modules",
            "target_parameters",
            "task_type",
            "trainable_token_indices",
            "use_bdlora",
            "use_dora",
            "use_qalora",
            "use_rslora",
            "velora_config");

    private PeftKeys() {}

    static void requireKnown(ObjectNode json, String file) {
        json.properties().forEach(entry -> {
            if (!KNOWN.contains(entry.getKey()) && asksForSomething(entry.getValue())) {
                throw new AdapterException(file + ": \"" + entry.getKey() + "\" is " + entry.getValue()
                        + ", a key that lora4j does not know; the adapter may compute something else without it, remove"
                        + " the key if it is only a remark");
            }
        });
    }

    private static boolean asksForSomething(JsonNode value) {
        boolean nothing = value.isNull()
                || (value.isBoolean() && !value.booleanValue())
                || (value.isContainerNode() && value.isEmpty())
                || (value.isTextual() && value.textValue().isEmpty());
        return !nothing;
    }
}
