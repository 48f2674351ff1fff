package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The messages of a chat.
 *
 * @param showsCalls whether calls of functions, or their results, are among them
 */
record ChatMessages(List<Message> messages, boolean showsCalls) {

    static ChatMessages read(JsonNode value) {
        if (!value.isArray() || value.isEmpty()) {
            throw Fields.wrongType("messages", value, "an array of at least one message");
        }
        List<Message> messages = new ArrayList<>();
        Set<String> calls = new HashSet<>();
        boolean showsCalls = false;
        for (int i = 0; i < value.size(); i++) {
            String path = "messages[" + i + "]";
            Message message = ChatMessage.read(Fields.object(path, value.get(i)));
            for (JsonNode call : value.get(i).path("tool_calls")) {
                calls.add(call.path("id").asText());
                showsCalls = true;
            }
            if (message.role().equals("tool")
                    && !calls.contains(String.valueOf(message.fields().get("tool_call_id")))) {
                throw ApiError.invalid(
                        path + ".tool_call_id",
                        path + ".tool_call_id is not the id of a call in the messages before it");
            }
            messages.add(message);
        }
        return new ChatMessages(messages, showsCalls);
    }
}
