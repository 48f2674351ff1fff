package dev.lora4j.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message of a chat: text from the system, the user or the assistant, calls of functions, and their results.
 *
 * <p>Chat templates take the arguments of a call as an object; in OpenAI's API they are a string that holds one.
 */
final class ChatMessage {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ChatMessage() {}

    static Message read(Fields fields) {
        String role = role(fields.path("role"), fields.requiredText("role"));
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", role);
        List<Object> calls = role.equals("assistant") ? calls(fields) : List.of();
        Optional<JsonNode> content = fields.value("content");
        if (content.isEmpty() && calls.isEmpty()) {
            throw fields.missing("content");
        }
        message.put(
                "content",
                content.map(value -> content(fields.path("content"), value)).orElse(null));
        if (!calls.isEmpty()) {
            message.put("tool_calls", calls);
        }
        if (role.equals("tool")) {
            message.put("tool_call_id", fields.requiredText("tool_call_id"));
            fields.text("name").ifPresent(name -> message.put("name", name));
        }
        fields.ignore("name", "refusal", "annotations"); // no template here shows them
        if (!role.equals("assistant")) {
            fields.refuse("tool_calls", value -> value.isArray() && value.isEmpty());
        }
        fields.refuse("function_call", value -> false);
        fields.refuse("audio", value -> false);
        fields.end();
        return new Message(message, false);
    }

    private static String role(String path, String role) {
        return switch (role) {
            case "system", "user", "assistant", "tool" -> role;
            case "developer" -> "system"; // OpenAI's newer word for it
            case "function" ->
                throw ApiError.unsupported(path, path + " is \"function\", which is no longer used; use tool");
            default -> throw ApiError.invalid(path, path + " is not a role, expected system, user, assistant or tool");
        };
    }

    private static List<Object> calls(Fields fields) {
        List<Object> calls = new ArrayList<>();
        JsonNode list = fields.value("tool_calls").orElse(null);
        if (list == null) {
            return calls;
        }
        String path = fields.path("tool_calls");
        if (!list.isArray() || list.size() > Limits.TOOLS) {
            throw Fields.wrongType(path, list, "an array of at most " + Limits.TOOLS + " calls");
        }
        for (int i = 0; i < list.size(); i++) {
            calls.add(call(Fields.object(path + "[" + i + "]", list.get(i))));
        }
        return calls;
    }

    private static Map<String, @Nullable Object> call(Fields fields) {
        Map<String, @Nullable Object> function = new LinkedHashMap<>();
        String id = fields.requiredText("id");
        String type = fields.text("type").orElse("function");
        if (!type.equals("function")) {
            throw ApiError.unsupported(
                    fields.path("type"), fields.path("type") + " is not supported by this server, expected function");
        }
        Fields called = fields.object("function").orElseThrow(() -> fields.missing("function"));
        function.put("name", called.requiredText("name"));
        function.put("arguments", arguments(called));
        called.end();
        fields.ignore("index");
        fields.end();
        Map<String, @Nullable Object> call = new LinkedHashMap<>();
        call.put("id", id);
        call.put("type", type);
        call.put("function", function);
        return call;
    }

    private static Object arguments(Fields called) {
        String text = called.requiredText("arguments");
        if (text.isBlank()) {
            return Map.of();
        }
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return PlainValues.map(object);
            }
        } catch (JsonProcessingException e) {
            throw ApiError.invalid(
                    called.path("arguments"),
                    called.path("arguments") + " is not valid JSON: " + e.getOriginalMessage());
        }
        throw ApiError.invalid(called.path("arguments"), called.path("arguments") + " is not a JSON object");
    }

    private static String content(String path, JsonNode content) {
        if (content.isTextual()) {
            return Fields.text(path, content);
        }
        if (!content.isArray()) {
            throw Fields.wrongType(path, content, "a string or an array of text parts");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < content.size(); i++) {
            Fields part = Fields.object(path + "[" + i + "]", content.get(i));
            String type = part.requiredText("type");
            if (!type.equals("text")) {
                throw ApiError.unsupported(
                        part.path("type"), part.path("type") + " is not text; this server reads text only");
            }
            text.append(part.requiredText("text"));
            part.end();
        }
        return text.toString();
    }
}
