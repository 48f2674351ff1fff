package dev.lora4j.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a completion, as a whole or a piece of it.
 *
 * @param usage absent from pieces unless the client asked for it; then null until the last
 */
record TextCompletion(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object usage) {

    record Choice(
            String text,
            int index,
            Logprobs.@Nullable Completion logprobs,
            @Nullable String finishReason) {}
}
