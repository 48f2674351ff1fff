package dev.lora4j.server;

/** The tokens of a request; a stop token counts as said. */
record Usage(int promptTokens, int completionTokens, int totalTokens, PromptDetails promptTokensDetails) {
    /**
     * Of the prompt's tokens.
     *
     * @param cachedTokens those that had been read for an earlier request
     */
    record PromptDetails(int cachedTokens) {}

    static Usage of(int prompt, int completion) {
        return of(prompt, completion, 0);
    }

    static Usage of(int prompt, int completion, int cached) {
        return new Usage(prompt, completion, prompt + completion, new PromptDetails(cached));
    }
}
