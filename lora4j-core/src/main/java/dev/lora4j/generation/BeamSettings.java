package dev.lora4j.generation;

import java.util.HashSet;
import java.util.Set;

/**
 * How {@link BeamSearch} looks for the likeliest text.
 *
 * @param width beams of each prompt, 1 to {@value #MOST_BEAMS}
 * @param maxNewTokens at most this many
 * @param lengthPenalty p of the score Σ log P / lengthᵖ: above 0 favours long texts, 0 none
 * @param noRepeatNgram no run of so many tokens occurs twice in what is generated, whatever the prompt says; 0 for no such rule
 * @param stopTokens ids that end a beam; the ending token counts as one of the text's
 */
public record BeamSettings(
        int width, int maxNewTokens, double lengthPenalty, int noRepeatNgram, Set<Integer> stopTokens) {
    /** Most beams of a prompt. */
    static final int MOST_BEAMS = 256;

    /** Checks the ranges and copies the set. */
    public BeamSettings {
        require(width >= 1 && width <= MOST_BEAMS, "beams", width, "1 to " + MOST_BEAMS);
        require(maxNewTokens >= 1, "max-new-tokens", maxNewTokens, "1 or more");
        require(Double.isFinite(lengthPenalty), "length-penalty", lengthPenalty, "a finite number");
        require(noRepeatNgram >= 0, "no-repeat-ngram", noRepeatNgram, "0 or more");
        stopTokens = Set.copyOf(stopTokens);
    }

    /** So many beams, with length penalty 1 and nothing else. */
    public static BeamSettings of(int width, int maxNewTokens) {
        return new BeamSettings(width, maxNewTokens, 1, 0, Set.of());
    }

    /** The same with at most so many new tokens. */
    public BeamSettings withMaxNewTokens(int most) {
        return new BeamSettings(width, most, lengthPenalty, noRepeatNgram, stopTokens);
    }

    /** The same with further ids that end a beam. */
    public BeamSettings withStops(Set<Integer> more) {
        Set<Integer> all = new HashSet<>(stopTokens);
        all.addAll(more);
        return new BeamSettings(width, maxNewTokens, lengthPenalty, noRepeatNgram, all);
    }

    private static void require(boolean holds, String what, Object found, String expected) {
        if (!holds) {
            throw new GenerationException(what + " is " + found + "; expected " + expected);
        }
    }
}
