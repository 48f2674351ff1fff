package dev.lora4j.server;

/** The tokens of a request; a stop token counts as said. */
record Usage(int promptTokens, int completionTokens, int totalTokens) {
    static Usage of(int prompt, int completion) {
        return new Usage(prompt, completion, prompt + completion);
    }
}
