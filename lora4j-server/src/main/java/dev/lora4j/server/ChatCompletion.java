package dev.lora4j.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a chat, as a whole. */
record ChatCompletion(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        Usage usage) {

    record Choice(int index, Message message, Logprobs.@Nullable Chat logprobs, String finishReason) {}

    /**
     * What the assistant says.
     *
     * @param content null if it only calls functions
     */
    record Message(
            String role,
            @Nullable String content,
            @Nullable String refusal,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<ToolCall> toolCalls) {}

    /**
     * A piece of it.
     *
     * @param usage absent unless the client asked for it; then null until the last
     */
    record Chunk(
            String id,
            String object,
            long created,
            String model,
            String systemFingerprint,
            List<ChunkChoice> choices,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Object usage) {}

    record ChunkChoice(
            int index,
            Delta delta,
            Logprobs.@Nullable Chat logprobs,
            @Nullable String finishReason) {}

    /** What is new; nothing in the last. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delta(
            @Nullable String role,
            @Nullable String content,
            @Nullable List<ToolCall.Delta> toolCalls) {

        static Delta of(ToolCall.Delta call) {
            return new Delta(null, null, List.of(call));
        }
    }
}
