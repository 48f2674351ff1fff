package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Message;

/** Reads a message of a chat: text from the system, the user or the assistant. */
final class ChatMessage {
    private ChatMessage() {}

    static Message read(Fields fields) {
        String role = fields.requiredText("role");
        JsonNode content = fields.value("content").orElseThrow(() -> fields.missing("content"));
        Message message = Message.of(role(fields.path("role"), role), content(fields.path("content"), content));
        fields.ignore("name", "refusal", "annotations"); // no template here shows them
        fields.refuse("tool_calls", value -> value.isArray() && value.isEmpty());
        fields.refuse("function_call", value -> false);
        fields.refuse("audio", value -> false);
        fields.end();
        return message;
    }

    private static String role(String path, String role) {
        return switch (role) {
            case "system", "user", "assistant" -> role;
            case "developer" -> "system"; // OpenAI's newer word for it
            case "tool", "function" ->
                throw ApiError.unsupported(path, path + " is \"" + role + "\": this server has no tools");
            default -> throw ApiError.invalid(path, path + " is not a role, expected system, user or assistant");
        };
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
