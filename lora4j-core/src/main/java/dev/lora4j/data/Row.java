package dev.lora4j.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One row of a data file, as its columns say what it is. */
public sealed interface Row {
    /** Text to be learned as a whole. */
    record Text(String text) implements Row {}

    /** An answer to be learned, after a text that is given. */
    record PromptCompletion(String prompt, String completion) implements Row {}

    /**
     * Messages, of which those that the assistant says are learned.
     *
     * @param tools what a template may show of the functions that the assistant can call, in the form of OpenAI
     */
    record Conversation(List<Message> messages, List<Map<String, @Nullable Object>> tools) implements Row {
        public Conversation {
            messages = List.copyOf(messages);
            tools = List.copyOf(tools);
        }
    }

    /** A text, or two, and what is to be said of it: a class or a number, as written. */
    record Labelled(String text, Optional<String> textPair, String label) implements Row {}
}
