package dev.lora4j.lora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * PEFT's {@code adapter_config.json}, keys and defaults as PEFT 0.21 writes them.
 *
 * <p>A key that asks for something not done here is refused by name: an adapter that is read means here what it means
 * there.
 */
final class PeftConfig {
    /** The version whose keys are written. */
    private static final String PEFT_VERSION = "0.21.2";

    private static final String FUSED_PARTS = "fused_parts";

    /** Keys for what is not done here, each with the values that ask for nothing. */
    private static final List<String> REFUSED_FLAGS = List.of("use_qalora", "ensure_weight_tying", "use_bdlora");

    private static final List<String> REFUSED_OBJECTS = List.of(
            "alora_invocation_tokens",
            "arrow_config",
            "corda_config",
            "eva_config",
            "kasa_config",
            "layer_replication",
            "lora_ga_config",
            "megatron_config",
            "monteclora_config",
            "trainable_token_indices",
            "velora_config");

    /** Of PEFT before 0.3: an adapter on parts of a fused projection, in tensors of another layout. */
    private static final String ENABLE_LORA = "enable_lora";

    /** Beginnings that leave the base as it is. */
    private static final List<String> HARMLESS_INITIALIZATIONS = List.of("eva", "mica");

    private PeftConfig() {}

    /**
     * What the file says, checked.
     *
     * @param config of the pairs and of the modules trained whole
     * @param baseline the method, if it is another than LoRA
     * @param saysAlpha whether {@code lora_alpha} stands there, not PEFT's default
     */
    record Parsed(LoraConfig config, Optional<Baseline> baseline, ModelTask task, boolean saysAlpha) {
        void requireTaskOf(LanguageModel model, Path file) {
            if (task != model.task()) {
                throw new AdapterException(file + ": the adapter is for " + task + ", the model was loaded for "
                        + model.task() + "; load it for the adapter's task");
            }
        }
    }

    static Parsed parse(ObjectNode json, String file, ModelTask absentTask) {
        String type = json.path("peft_type").asText("absent");
        Optional<Baseline.Kind> kind = BaselineConfig.kind(type);
        if (kind.isPresent()) {
            Baseline baseline = BaselineConfig.baseline(kind.get(), json, file);
            return new Parsed(BaselineConfig.heads(json), Optional.of(baseline), task(json, file, absentTask), false);
        }
        if (!type.equals("LORA")) {
            throw new AdapterException(file + ": peft_type is " + type + "; expected LORA");
        }
        requireNothingElse(json, file);
        LoraConfig config = LoraConfig.rank(integer(json, "r", 8, file))
                .alpha(json.path("lora_alpha").asDouble(8))
                .dropout(json.path("lora_dropout").asDouble(0))
                .layers(new LayerFilter(
                        integers(json, "layers_to_transform", file), texts(json, "layers_pattern", file)))
                .rankStabilized(json.path("use_rslora").asBoolean(false))
                .modulesToSave(texts(json, "modules_to_save", file))
                .rankPattern(ranks(json, file))
                .alphaPattern(alphas(json, file));
        config = config.bias(bias(json, file))
                .dora(json.path("use_dora").asBoolean(false))
                .initialization(initialization(json, file))
                .loraBias(json.path("lora_bias").asBoolean(false));
        config = fused(config, json, file);
        config = config.targetParameters(texts(json, "target_parameters", file));
        boolean none = json.path("target_modules").isArray()
                && json.path("target_modules").isEmpty();
        if (json.hasNonNull("target_modules")
                && !(none && !config.targetParameters().isEmpty())) {
            config = config.targets(targets(json, "target_modules", file));
        }
        if (json.hasNonNull("exclude_modules")) {
            config = config.excluding(targets(json, "exclude_modules", file));
        }
        return new Parsed(config, Optional.empty(), task(json, file, absentTask), json.hasNonNull("lora_alpha"));
    }

    /** Our own key, which PEFT ignores: the files hold the parts' pairs as one, so that it computes the same. */
    private static LoraConfig fused(LoraConfig config, ObjectNode json, String file) {
        ObjectNode object = pattern(json, FUSED_PARTS, file);
        Map<String, List<String>> fused = new LinkedHashMap<>();
        object.fieldNames().forEachRemaining(module -> fused.put(module, texts(object, module, file)));
        LoraConfig whole = config.fusedParts(fused);
        Map<String, Integer> ranks = config.rankPattern();
        ranks.replaceAll((path, rank) -> rank / Math.max(1, whole.partsAt(path).size()));
        Map<String, Double> alphas = config.alphaPattern();
        alphas.replaceAll((path, alpha) -> {
            int parts = Math.max(1, whole.partsAt(path).size());
            return alpha / (config.isRankStabilized() ? Math.sqrt(parts) : parts);
        });
        return whole.rankPattern(ranks).alphaPattern(alphas);
    }

    private static void requireNothingElse(ObjectNode json, String file) {
        PeftKeys.requireKnown(json, file);
        for (String key : REFUSED_FLAGS) {
            if (json.path(key).asBoolean(false)) {
                throw refused(file, key, json);
            }
        }
        if (json.hasNonNull(ENABLE_LORA)) {
            throw refused(file, ENABLE_LORA, json);
        }
        for (String key : REFUSED_OBJECTS) {
            if (json.hasNonNull(key) && !json.path(key).isEmpty()) {
                throw refused(file, key, json);
            }
        }
    }

    private static BiasMode bias(ObjectNode json, String file) {
        String name = json.path("bias").asText("none");
        for (BiasMode mode : BiasMode.values()) {
            if (mode.peftName().equals(name)) {
                return mode;
            }
        }
        throw new AdapterException(file + ": bias is \"" + name + "\"; expected none, all or lora_only");
    }

    /** Of no matter for what a read adapter computes, unless it changed the base: then it must be known exactly. */
    private static Initialization initialization(ObjectNode json, String file) {
        String name = json.path("init_lora_weights").asText("true");
        for (Initialization each : Initialization.values()) {
            if (each.peftName().equals(name) && each != Initialization.PISSA_NITER) {
                return each;
            }
        }
        if (HARMLESS_INITIALIZATIONS.contains(name)) {
            return Initialization.KAIMING;
        }
        throw new AdapterException(file + ": init_lora_weights is \"" + name
                + "\", which changed the base's own weights in a way that only its maker knows; convert the adapter"
                + " with PEFT's path_initial_model_for_weight_conversion first");
    }

    private static AdapterException refused(String file, String key, ObjectNode json) {
        return new AdapterException(file + ": \"" + key + "\" is " + json.path(key)
                + ", which lora4j does not do yet; the adapter would compute something else without it");
    }

    private static ModelTask task(ObjectNode json, String file, ModelTask absent) {
        String name = json.path("task_type").asText("");
        if (!json.hasNonNull("task_type")) {
            return absent;
        }
        for (ModelTask task : ModelTask.values()) {
            if (task.name().equals(name)) {
                return task;
            }
        }
        throw new AdapterException(
                file + ": task_type is " + name + "; expected CAUSAL_LM, SEQ_CLS or FEATURE_EXTRACTION");
    }

    private static int integer(ObjectNode json, String key, int absent, String file) {
        JsonNode node = json.path(key);
        if (node.isMissingNode()) {
            return absent;
        }
        if (!node.canConvertToInt() || !node.isIntegralNumber()) {
            throw new AdapterException(file + ": " + key + " is " + node + "; expected a whole number");
        }
        return node.intValue();
    }

    private static List<Integer> integers(ObjectNode json, String key, String file) {
        JsonNode node = json.path(key);
        List<Integer> values = new ArrayList<>();
        if (node.isIntegralNumber()) {
            values.add(node.intValue());
        } else if (json.hasNonNull(key)) {
            for (JsonNode element : array(node, key, file)) {
                values.add(element.intValue());
            }
        }
        return values;
    }

    private static List<String> texts(ObjectNode json, String key, String file) {
        JsonNode node = json.path(key);
        List<String> values = new ArrayList<>();
        if (node.isTextual()) {
            values.add(node.asText());
        } else if (json.hasNonNull(key)) {
            for (JsonNode element : array(node, key, file)) {
                values.add(element.asText());
            }
        }
        return values;
    }

    private static JsonNode array(JsonNode node, String key, String file) {
        if (!node.isArray()) {
            throw new AdapterException(file + ": " + key + " is " + node + "; expected a list");
        }
        return node;
    }

    private static Targets targets(ObjectNode json, String key, String file) {
        JsonNode node = json.path(key);
        return node.isTextual() ? Targets.expression(node.asText()) : new Targets.Suffixes(texts(json, key, file));
    }

    private static Map<String, Integer> ranks(ObjectNode json, String file) {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ObjectNode pattern = pattern(json, "rank_pattern", file);
        for (Iterator<String> keys = pattern.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            ranks.put(key, integer(pattern, key, 0, file));
        }
        return ranks;
    }

    private static Map<String, Double> alphas(ObjectNode json, String file) {
        Map<String, Double> alphas = new LinkedHashMap<>();
        ObjectNode pattern = pattern(json, "alpha_pattern", file);
        for (Iterator<String> keys = pattern.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            alphas.put(key, pattern.path(key).asDouble());
        }
        return alphas;
    }

    private static ObjectNode pattern(ObjectNode json, String key, String file) {
        if (!json.hasNonNull(key)) {
            return json.objectNode();
        }
        if (json.path(key) instanceof ObjectNode object) {
            return object;
        }
        throw new AdapterException(file + ": " + key + " is " + json.path(key) + "; expected an object");
    }

    /** The file as PEFT would write it, keys sorted. */
    static ObjectNode toJson(Adapter adapter, String base) {
        LoraConfig config = ConvertedAdapter.config(adapter);
        JsonNodeFactory json = JsonNodeFactory.instance;
        Map<String, JsonNode> keys = new TreeMap<>();
        REFUSED_FLAGS.forEach(key -> keys.put(key, json.booleanNode(false)));
        keys.put("use_bdlora", json.nullNode());
        REFUSED_OBJECTS.forEach(key -> keys.put(key, json.nullNode()));
        keys.put("alpha_pattern", object(config.alphaPattern()));
        keys.put("auto_mapping", json.nullNode());
        keys.put("base_model_name_or_path", json.textNode(base));
        keys.put("bias", json.textNode(config.bias().peftName()));
        keys.put("exclude_modules", config.excluded().map(PeftConfig::json).orElse(json.nullNode()));
        keys.put("fan_in_fan_out", json.booleanNode(isTransposed(adapter)));
        keys.put("inference_mode", json.booleanNode(true));
        keys.put("init_lora_weights", initialization(config));
        List<Integer> layers = config.layers().indices();
        keys.put("layers_to_transform", layers.isEmpty() ? json.nullNode() : integers(layers));
        keys.put("layers_pattern", nullIfEmpty(config.layers().patterns()));
        keys.put("loftq_config", json.objectNode());
        keys.put("lora_bias", json.booleanNode(config.hasLoraBias()));
        keys.put("lora_alpha", number(config.alpha()));
        keys.put("lora_dropout", json.numberNode(config.dropout()));
        keys.put("megatron_core", json.textNode("megatron.core"));
        keys.put("modules_to_save", nullIfEmpty(config.modulesToSave()));
        keys.put("peft_type", json.textNode("LORA"));
        keys.put("peft_version", json.textNode(PEFT_VERSION));
        keys.put("qalora_group_size", json.numberNode(16));
        keys.put("r", json.numberNode(config.rank()));
        keys.put("rank_pattern", object(config.rankPattern()));
        keys.put("revision", json.nullNode());
        keys.put("target_modules", explicit(adapter));
        keys.put("target_parameters", nullIfEmpty(config.targetParameters()));
        keys.put("task_type", json.textNode(adapter.task().name()));
        keys.put("use_dora", json.booleanNode(config.isDora()));
        keys.put("use_rslora", json.booleanNode(config.isRankStabilized()));
        if (!adapter.config().fusedParts().isEmpty()) {
            ObjectNode fused = json.objectNode();
            adapter.config().fusedParts().forEach((module, parts) -> fused.set(module, texts(parts)));
            keys.put(FUSED_PARTS, fused);
        }
        ObjectNode object = json.objectNode();
        keys.forEach(object::set);
        return object;
    }

    /** As the base has it; what a file says of it is not read, since PEFT corrects it by the base too. */
    private static boolean isTransposed(Adapter adapter) {
        return adapter.lowRanks().keySet().stream().anyMatch(adapter.parts().transposed()::contains);
    }

    /** PEFT stores all-linear as names: the last parts of the adapted paths. */
    private static JsonNode explicit(Adapter adapter) {
        if (adapter.config().targets().isEmpty() && !adapter.parts().experts().isEmpty()) {
            return texts(List.of());
        }
        Targets targets = adapter.config().targets().orElseGet(Targets.AllLinear::new);
        if (targets instanceof Targets.AllLinear) {
            return texts(List.copyOf(adapter.lowRanks().keySet()));
        }
        return targets instanceof Targets.Suffixes suffixes ? texts(leaves(suffixes, adapter)) : json(targets);
    }

    /** The names, but for one that a module around an adapted one has too: PEFT would take that for a target. */
    private static List<String> leaves(Targets.Suffixes suffixes, Adapter adapter) {
        List<String> names = new ArrayList<>();
        for (String name : suffixes.names()) {
            List<String> paths = adapter.lowRanks().keySet().stream()
                    .filter(path -> Targets.Suffixes.matches(path, name))
                    .toList();
            boolean nested = paths.stream()
                    .map(path -> path.substring(0, Math.max(0, path.lastIndexOf('.'))))
                    .anyMatch(around -> Targets.Suffixes.matches(around, name));
            names.addAll(nested ? paths : List.of(name));
        }
        return names;
    }

    private static JsonNode json(Targets targets) {
        if (targets instanceof Targets.Suffixes suffixes) {
            return texts(suffixes.names());
        }
        if (targets instanceof Targets.Expression expression) {
            return JsonNodeFactory.instance.textNode(expression.pattern().pattern());
        }
        return JsonNodeFactory.instance.textNode("all-linear");
    }

    private static JsonNode initialization(LoraConfig config) {
        Initialization begin = config.initialization();
        return begin.isPlain()
                ? JsonNodeFactory.instance.booleanNode(begin == Initialization.KAIMING)
                : JsonNodeFactory.instance.textNode(begin.peftName());
    }

    private static JsonNode nullIfEmpty(List<String> values) {
        return values.isEmpty() ? JsonNodeFactory.instance.nullNode() : texts(values);
    }

    private static ArrayNode texts(List<String> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static ArrayNode integers(List<Integer> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }

    private static ObjectNode object(Map<String, ? extends Number> pattern) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        pattern.forEach((key, value) -> object.set(key, number(value.doubleValue())));
        return object;
    }

    /** Whole numbers without a decimal point, as PEFT has them. */
    private static JsonNode number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? JsonNodeFactory.instance.numberNode((long) value)
                : JsonNodeFactory.instance.numberNode(value);
    }
}
