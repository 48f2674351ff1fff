package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;

/** OpenAI's fields that this server has no part of: refused where they would change the answer, else passed over. */
final class UnsupportedFields {
    private UnsupportedFields() {}

    static void chat(Fields fields) {
        common(fields);
        fields.refuse("functions", UnsupportedFields::isEmpty);
        fields.refuse("function_call", UnsupportedFields::noTool);
        fields.refuse(
                "modalities",
                value -> value.size() == 1 && value.path(0).asText().equals("text"));
        fields.refuse("audio", value -> false);
        fields.refuse("prediction", value -> false);
        fields.refuse("reasoning_effort", value -> value.asText().equals("none"));
        fields.refuse("verbosity", value -> false);
        fields.refuse("web_search_options", value -> false);
        fields.refuse("chat_template", value -> false);
        fields.refuse("chat_template_kwargs", UnsupportedFields::isEmpty);
    }

    static void completion(Fields fields) {
        common(fields);
        fields.refuse("suffix", value -> value.isTextual() && value.asText().isEmpty());
    }

    /** They are about accounts, storage and caches, not about the answer. */
    private static void common(Fields fields) {
        fields.ignore(
                "user", "metadata", "service_tier", "prompt_cache_key", "prompt_cache_retention", "safety_identifier");
        fields.refuse("store", value -> value.isBoolean() && !value.booleanValue());
    }

    private static boolean noTool(JsonNode value) {
        return value.asText().equals("none") || value.asText().equals("auto");
    }

    private static boolean isEmpty(JsonNode value) {
        return value.isContainerNode() && value.isEmpty();
    }
}
