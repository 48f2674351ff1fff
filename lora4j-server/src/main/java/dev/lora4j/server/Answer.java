package dev.lora4j.server;

import dev.lora4j.generation.FinishReason;
import dev.lora4j.generation.TokenScores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What has come of one choice so far. Confined to the thread that answers. */
final class Answer {
    private final StringBuilder text = new StringBuilder();
    private final List<Event.Token> tokens = new ArrayList<>();
    private List<TokenScores> promptScores = List.of();
    private Optional<FinishReason> finish = Optional.empty();
    private int said;
    private int sentChars;
    private boolean fresh = true;

    void take(Event event) {
        if (event instanceof Event.Token token) {
            tokens.add(token);
            text.append(token.text());
        } else if (event instanceof Event.Rest rest) {
            text.append(rest.text());
        } else if (event instanceof Event.PromptScored scored) {
            promptScores = scored.scores();
        } else if (event instanceof Event.Ended ended) {
            finish = Optional.of(ended.reason());
            said = ended.tokens();
        }
    }

    /** Takes what is to be known at the end, but keeps no text, which has been sent. */
    void takeInStream(Event event) {
        fresh = false;
        if (event instanceof Event.PromptScored || event instanceof Event.Ended) {
            take(event);
        } else if (event instanceof Event.Token token) {
            sentChars += token.text().length();
        }
    }

    /** True until something was taken. */
    boolean isFresh() {
        return fresh;
    }

    /** Characters of the text that were sent in pieces. */
    int sentChars() {
        return sentChars;
    }

    String text() {
        return text.toString();
    }

    /** Those that were told, which a stop token is not. */
    List<Event.Token> tokens() {
        return tokens;
    }

    List<TokenScores> promptScores() {
        return promptScores;
    }

    /** Tokens that count, a stop token among them. */
    int said() {
        return said;
    }

    /** Whether it ended by itself, not for want of tokens. */
    boolean isWhole() {
        return finish.orElse(FinishReason.STOP) != FinishReason.LENGTH;
    }

    /** OpenAI's word for how it ended. */
    String finishReason() {
        return finishReason(finish.orElse(FinishReason.STOP));
    }

    static String finishReason(FinishReason reason) {
        return reason == FinishReason.LENGTH ? "length" : "stop";
    }
}
