package dev.lora4j.server.web;

import java.util.List;

/**
 * A question to one model, with what went before.
 *
 * @param model the base's name or an adapter's
 * @param system what the model is told first; may be empty
 * @param temperature 0 for the likeliest token always
 * @param maxTokens of the answer
 */
public record ChatQuestion(
        String model, String system, List<Exchange> before, String question, double temperature, int maxTokens) {
    /** Copies the list. */
    public ChatQuestion {
        before = List.copyOf(before);
    }
}
