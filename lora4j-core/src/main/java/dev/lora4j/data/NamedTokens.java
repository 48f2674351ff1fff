package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tokens that have a job, such as the end of a text, from the files around a tokenizer. Immutable.
 *
 * @param config content of {@code tokenizer_config.json}
 * @param generation content of {@code generation_config.json}
 * @param model content of {@code config.json}
 */
record NamedTokens(Vocabulary vocabulary, ObjectNode config, ObjectNode generation, ObjectNode model) {
    /** How the widespread chat formats end a turn. */
    private static final Set<String> TURN_ENDS = Set.of("<|im_end|>", "<end_of_turn>", "<|eot_id|>");

    static NamedTokens of(Vocabulary vocabulary, ModelFiles files) {
        ObjectNode none = JsonNodeFactory.instance.objectNode();
        return new NamedTokens(
                vocabulary,
                files.tokenizerConfig().orElse(none),
                files.generationConfig().orElse(none),
                files.config());
    }

    /** The id of {@code bos}, {@code eos} or {@code pad}: by its text, else by the number that the model's files name. */
    OptionalInt id(String name) {
        String text = text(config.path(name + "_token"));
        OptionalInt named = vocabulary.id(text);
        if (!text.isEmpty() && named.isPresent()) {
            return named;
        }
        Set<Integer> numbered = numbered(generation, name);
        if (numbered.isEmpty()) {
            numbered = numbered(model, name);
        }
        return numbered.stream().mapToInt(Integer::intValue).findFirst();
    }

    /** The tokens after which generation stops. */
    Set<Integer> stops() {
        Set<Integer> stops = new TreeSet<>();
        id("eos").ifPresent(stops::add);
        stops.addAll(numbered(generation, "eos"));
        if (!generation.has("eos_token_id")) {
            stops.addAll(numbered(model, "eos"));
        }
        String template = chatTemplate().orElse("");
        for (String end : TURN_ENDS) {
            if (template.contains(end)) {
                vocabulary.id(end).ifPresent(stops::add);
            }
        }
        return Collections.unmodifiableSet(stops);
    }

    /** The source of the chat template. */
    Optional<String> chatTemplate() {
        return Optional.of(config.path("chat_template"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue);
    }

    /** What a chat template sees of them: {@code bos_token}, {@code eos_token} and the like. */
    Map<String, Object> templateVariables() {
        Map<String, Object> variables = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : config.properties()) {
            String value = text(field.getValue());
            if (field.getKey().endsWith("_token") && !value.isEmpty()) {
                variables.put(field.getKey(), value);
            }
        }
        return Collections.unmodifiableMap(variables);
    }

    private Set<Integer> numbered(ObjectNode file, String name) {
        Set<Integer> ids = new LinkedHashSet<>(); // the first of a list is the one that ends a text
        JsonNode value = file.path(name + "_token_id");
        for (JsonNode id :
                value.isArray() ? value : JsonNodeFactory.instance.arrayNode().add(value)) {
            if (id.isIntegralNumber() && !vocabulary.text(id.asInt(-1)).isEmpty()) {
                ids.add(id.intValue());
            }
        }
        return ids;
    }

    private static String text(JsonNode token) {
        JsonNode content = token.isObject() ? token.path("content") : token;
        // add_bos_token and the like are no tokens
        return content.isTextual() ? content.textValue() : "";
    }
}
