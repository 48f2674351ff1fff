package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.grammar.Grammar;
import dev.lora4j.grammar.GrammarException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what an answer is to look like. */
final class ResponseFormat {
    /** OpenAI's rule for the names of schemas and functions. */
    static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

    private ResponseFormat() {}

    /** What the text must keep to; empty if it is free. */
    static Optional<Grammar> read(Fields fields) {
        Optional<Fields> format = fields.object("response_format");
        if (format.isEmpty()) {
            return Optional.empty();
        }
        String type = format.get().requiredText("type");
        Optional<Grammar> grammar = switch (type) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(Grammar.jsonObject());
            case "json_schema" ->
                Optional.of(schema(format.get()
                        .object("json_schema")
                        .orElseThrow(() -> format.get().missing("json_schema"))));
            default ->
                throw ApiError.unsupported(
                        "response_format",
                        "response_format.type is not supported by this server, expected text, json_object or"
                                + " json_schema");
        };
        format.get().end();
        return grammar;
    }

    private static Grammar schema(Fields fields) {
        name(fields);
        fields.text("description");
        JsonNode schema = fields.value("schema").orElseThrow(() -> fields.missing("schema"));
        boolean strict = fields.flag("strict");
        fields.end();
        return grammar(fields.path("schema"), schema, strict);
    }

    static String name(Fields fields) {
        String name = fields.requiredText("name");
        if (!NAME.matcher(name).matches()) {
            throw ApiError.invalid(
                    fields.path("name"),
                    fields.path("name") + " is not a name, expected 1 to 64 ASCII letters, digits, _ and -");
        }
        return name;
    }

    /** The grammar of a client's schema; whatever is wrong with it is the client's fault. */
    static Grammar grammar(String path, JsonNode schema, boolean strict) {
        if (strict) {
            StrictSchema.check(schema, path);
        }
        try {
            return Grammar.jsonSchema(schema);
        } catch (GrammarException e) {
            throw ApiError.invalid(path, "Invalid schema in " + path + ": " + e.getMessage());
        }
    }
}
