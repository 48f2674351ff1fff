package dev.lora4j.data;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.template.ChatTemplate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation up to where the assistant is to answer, as the model's chat template writes it.
 *
 * <p>Special tokens are the template's own: one that a message spells out stays plain text.
 */
public final class ChatPrompt {
    private ChatPrompt() {}

    /**
     * Encodes a conversation.
     *
     * @param tools what the template may show of the functions that the assistant can call; usually none
     * @throws Lora4jException if the model has no chat template, or it refuses the messages
     */
    public static int[] encode(Tokenizer tokenizer, List<Message> messages, List<Map<String, @Nullable Object>> tools) {
        ChatTemplate template = tokenizer
                .chatTemplate()
                .orElseThrow(() -> new Lora4jException(tokenizer.source()
                        + ": has no chat template, so it cannot chat; give it a plain prompt, or take a model that is"
                        + " tuned to instructions"));
        return encode(tokenizer, template, messages, tools);
    }

    /** Encodes a conversation by another template than the model's own. */
    public static int[] encode(
            Tokenizer tokenizer,
            ChatTemplate template,
            List<Message> messages,
            List<Map<String, @Nullable Object>> tools) {
        if (messages.isEmpty()) {
            throw new Lora4jException("the conversation has no messages, expected one at least");
        }
        UserText userText = new UserText(tokenizer.plain());
        Row.Conversation guarded = userText.guard(new Row.Conversation(messages, tools));
        ChatRenderer renderer = new ChatRenderer(template, tokenizer.templateVariables(), guarded);
        UserText.Restored restored = userText.restore(renderer.before(messages.size()));
        return restored.secret()
                ? tokenizer.plain().encode(restored.text(), false).ids()
                : tokenizer.encode(restored.text());
    }
}
