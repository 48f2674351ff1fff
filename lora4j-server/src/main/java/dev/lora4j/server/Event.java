package dev.lora4j.server;

import dev.lora4j.generation.FinishReason;
import dev.lora4j.generation.TokenScores;
import java.util.List;
import java.util.Optional;

/** What the engine tells of one of a request's sequences, its choice. */
sealed interface Event {
    /** Which of the request's sequences, from 0. */
    int choice();

    /** How likely the prompt's tokens are, the second first. */
    record PromptScored(int choice, List<TokenScores> scores) implements Event {}

    /**
     * A new token.
     *
     * @param text that is seen by it; may be empty
     */
    record Token(int choice, int id, Optional<TokenScores> scores, String text) implements Event {}

    /** Text that was held back until the end. */
    record Rest(int choice, String text) implements Event {}

    /**
     * The end.
     *
     * @param tokens that were said, a stop token included
     * @param cached tokens of the prompt that had been read for an earlier request
     */
    record Ended(int choice, FinishReason reason, int tokens, int cached) implements Event {}

    /** The end, without a result. */
    record Failed(int choice, ApiError error) implements Event {}
}
