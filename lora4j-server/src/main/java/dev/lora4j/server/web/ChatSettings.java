package dev.lora4j.server.web;

/**
 * How answers are to be made.
 *
 * @param system what the model is told first; may be empty
 * @param temperature 0 for the likeliest token always
 * @param maxTokens of an answer
 */
record ChatSettings(String system, double temperature, int maxTokens) {
    /** The same answer each time, of a length that one reads. */
    static final ChatSettings USUAL = new ChatSettings("", 0, 200);
}
