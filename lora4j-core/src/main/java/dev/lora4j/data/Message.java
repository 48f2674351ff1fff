package dev.lora4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of a conversation.
 *
 * @param fields what the template sees: role, content, tool_calls and the like
 * @param learned whether its tokens are targets of the loss; only what an assistant says can be
 */
public record Message(Map<String, @Nullable Object> fields, boolean learned) {
    private static final String ASSISTANT = "assistant";

    /** Checks that there is a role. */
    public Message {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        if (!(fields.get("role") instanceof String)) {
            throw new IllegalArgumentException("a message has no role");
        }
    }

    /** A message of text; it is learned if the assistant says it. */
    public static Message of(String role, String content) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("role", role);
        fields.put("content", content);
        return new Message(fields, role.equals(ASSISTANT));
    }

    /** Who speaks. */
    public String role() {
        return String.valueOf(fields.get("role"));
    }

    /** Whether the assistant says it. */
    public boolean isAssistant() {
        return role().equals(ASSISTANT);
    }

    /** The same message as something given. */
    Message given() {
        return new Message(fields, false);
    }
}
