package dev.lora4j.server;

import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One sequence that a request wants of the engine.
 *
 * @param choice which of the request's, from 0
 * @param model what the client called the model, for figures
 * @param settings of the new tokens; empty if only the prompt is to be scored
 * @param likeliest how many of the best tokens are told with each; empty for no scores
 * @param scoresPrompt whether the prompt's tokens are scored first
 * @param reply where its events go
 * @param submitted when it was asked for, by {@link System#nanoTime}
 * @param origin who asks
 */
record Work(
        int choice,
        String model,
        Prompt prompt,
        Optional<GenerationSettings> settings,
        OptionalInt likeliest,
        boolean scoresPrompt,
        Reply reply,
        long submitted,
        WorkOrigin origin) {

    /** Of nobody in particular. */
    Work(
            int choice,
            String model,
            Prompt prompt,
            Optional<GenerationSettings> settings,
            OptionalInt likeliest,
            boolean scoresPrompt,
            Reply reply,
            long submitted) {
        this(choice, model, prompt, settings, likeliest, scoresPrompt, reply, submitted, WorkOrigin.ANYONE);
    }

    /** Room that it needs in a cache. */
    int cacheTokens() {
        return prompt.length() + settings.map(GenerationSettings::maxNewTokens).orElse(0);
    }
}
