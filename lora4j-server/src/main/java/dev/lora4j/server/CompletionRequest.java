package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a client asks of {@code /v1/completions}.
 *
 * @param prompts texts or token ids; each gets its own choices
 * @param maxTokens new tokens; 0 only where the prompt is echoed
 * @param likeliest tokens told with each; empty for no logprobs
 * @param echo whether the answer begins with the prompt
 */
record CompletionRequest(
        String model, List<PromptText> prompts, int maxTokens, OptionalInt likeliest, boolean echo, Sampling sampling) {
    /** New tokens where the client does not say, as in OpenAI's API. */
    static final int USUAL_TOKENS = 16;

    static CompletionRequest of(Fields fields, Limits limits) {
        String model = fields.requiredText("model");
        List<PromptText> prompts = prompts(fields.value("prompt").orElseThrow(() -> fields.missing("prompt")), limits);
        boolean echo = fields.flag("echo");
        int maxTokens =
                fields.integer("max_tokens", echo ? 0 : 1, Integer.MAX_VALUE).orElse(USUAL_TOKENS);
        Sampling sampling = Sampling.read(fields, limits);
        if (sampling.choices() * (long) prompts.size() > limits.choices()) {
            throw ApiError.invalid(
                    "n",
                    "n times the number of prompts is " + sampling.choices() * (long) prompts.size()
                            + ", expected at most " + limits.choices());
        }
        OptionalInt likeliest = fields.integer("logprobs", 0, Limits.COMPLETION_LOGPROBS);
        fields.refuse("best_of", value -> value.isIntegralNumber() && value.intValue() == sampling.choices());
        UnsupportedFields.completion(fields);
        fields.end();
        return new CompletionRequest(model, prompts, maxTokens, likeliest, echo, sampling);
    }

    private static List<PromptText> prompts(JsonNode value, Limits limits) {
        if (!value.isArray()) {
            return List.of(PromptText.of("prompt", value));
        }
        if (value.isEmpty()) {
            throw Fields.wrongType("prompt", value, "a string, or an array that is not empty");
        }
        if (value.get(0).isNumber()) {
            return List.of(PromptText.of("prompt", value));
        }
        if (value.size() > limits.choices()) {
            throw ApiError.invalid(
                    "prompt", "prompt has " + value.size() + " texts, expected at most " + limits.choices());
        }
        List<PromptText> prompts = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            prompts.add(PromptText.of("prompt[" + i + "]", value.get(i)));
        }
        return prompts;
    }
}
