package dev.lora4j.data;

import dev.lora4j.template.ChatTemplate;
import dev.lora4j.template.ChatTemplate.Rendering;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a conversation, or the beginning of one, by a chat template.
 *
 * @param special what the template sees of the special tokens
 */
record ChatRenderer(ChatTemplate template, Map<String, Object> special, Row.Conversation conversation) {
    /** The conversation as it is learned. */
    Rendering whole() {
        return render(conversation.messages().size(), false);
    }

    /** The first messages. */
    String first(int count) {
        return render(count, false).text();
    }

    /** The first messages, and what the template writes before an answer. */
    String before(int message) {
        return render(message, true).text();
    }

    /** The names and defaults are those of transformers' render_jinja_template. */
    private Rendering render(int count, boolean generationPrompt) {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>(special);
        variables.put(
                "messages",
                conversation.messages().subList(0, count).stream()
                        .map(Message::fields)
                        .toList());
        variables.put("tools", conversation.tools().isEmpty() ? null : conversation.tools());
        variables.put("documents", null);
        variables.put("add_generation_prompt", generationPrompt);
        return template.render(variables);
    }
}
