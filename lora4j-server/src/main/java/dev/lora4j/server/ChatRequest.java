package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Message;
import dev.lora4j.grammar.Grammar;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a client asks of {@code /v1/chat/completions}.
 *
 * @param maxTokens new tokens, if the client says how many
 * @param likeliest tokens told with each new one; empty for no logprobs
 */
record ChatRequest(
        String model,
        List<Message> messages,
        boolean showsCalls,
        ToolUse tools,
        Optional<Grammar> format,
        OptionalInt maxTokens,
        OptionalInt likeliest,
        Sampling sampling) {

    static ChatRequest of(Fields fields, Limits limits) {
        String model = fields.requiredText("model");
        JsonNode messages = fields.value("messages").orElseThrow(() -> fields.missing("messages"));
        OptionalInt older = fields.integer("max_tokens", 1, Integer.MAX_VALUE);
        OptionalInt newer = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        boolean logprobs = fields.flag("logprobs");
        OptionalInt top = fields.integer("top_logprobs", 0, Limits.CHAT_LOGPROBS);
        if (top.isPresent() && !logprobs) {
            throw ApiError.invalid("top_logprobs", "top_logprobs needs logprobs to be true");
        }
        ChatMessages read = ChatMessages.read(messages);
        ChatRequest request = new ChatRequest(
                model,
                read.messages(),
                read.showsCalls(),
                ToolUse.read(fields),
                ResponseFormat.read(fields),
                newer.isPresent() ? newer : older,
                logprobs ? OptionalInt.of(top.orElse(0)) : OptionalInt.empty(),
                Sampling.read(fields, limits));
        UnsupportedFields.chat(fields);
        fields.end();
        return request;
    }
}
