package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.grammar.Grammar;
import java.util.Optional;

/**
 * A function that the model may call.
 *
 * @param path in the request
 * @param definition what the chat template shows, in OpenAI's form
 * @param parameters the schema of its arguments, if it has one
 * @param strict whether the arguments must fit the schema in every case
 */
record Tool(String path, String name, ObjectNode definition, Optional<ObjectNode> parameters, boolean strict) {

    static Tool read(String path, JsonNode value) {
        Fields fields = Fields.object(path, value);
        String type = fields.requiredText("type");
        if (!type.equals("function")) {
            throw ApiError.unsupported(
                    fields.path("type"), fields.path("type") + " is not supported by this server, expected function");
        }
        Fields function = fields.object("function").orElseThrow(() -> fields.missing("function"));
        String name = ResponseFormat.name(function);
        function.text("description");
        Optional<ObjectNode> parameters = function.value("parameters").map(schema -> {
            if (schema instanceof ObjectNode object) {
                return object;
            }
            throw Fields.wrongType(function.path("parameters"), schema, "an object");
        });
        boolean strict = function.flag("strict");
        function.end();
        fields.end();
        ObjectNode definition = value.deepCopy();
        ((ObjectNode) definition.get("function")).remove("strict"); // it is said to the server, not to the model
        return new Tool(function.path("parameters"), name, definition, parameters, strict);
    }

    /** Its arguments: an object that fits the parameters, or without any the empty one. */
    Grammar arguments() {
        if (parameters.isEmpty()) {
            return Grammar.text("{}");
        }
        ObjectNode schema = parameters.get();
        if (schema.isEmpty()) {
            return Grammar.jsonObject();
        }
        if (!schema.path("type").asText("object").equals("object")) {
            throw ApiError.invalid(path, path + " must be a schema of type \"object\"");
        }
        return ResponseFormat.grammar(path, schema, strict);
    }
}
