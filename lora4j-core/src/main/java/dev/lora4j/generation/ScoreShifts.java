package dev.lora4j.generation;

import dev.lora4j.formats.Lora4jException;
import java.util.Map;

/**
 * What is added to the scores of single tokens before anything else is done to them, as OpenAI's API defines it.
 *
 * <p>z(t) → z(t) + bias(t) − frequency · c(t) − presence · [c(t) &gt; 0], where c(t) is how often the sequence has said t
 * so far, the prompt not included.
 *
 * @param presence what a token loses once it was said; negative values favour it
 * @param frequency what a token loses for each time it was said
 * @param bias what is added to a token's score, by id; −100 forbids it as good as surely
 */
public record ScoreShifts(double presence, double frequency, Map<Integer, Double> bias) {
    /** Adds nothing. */
    public static final ScoreShifts NONE = new ScoreShifts(0, 0, Map.of());

    /** Checks that the numbers are finite, and copies the map. */
    public ScoreShifts {
        require(Double.isFinite(presence), "presence-penalty", presence);
        require(Double.isFinite(frequency), "frequency-penalty", frequency);
        bias = Map.copyOf(bias);
        bias.forEach((id, value) -> require(Double.isFinite(value), "the bias of token " + id, value));
    }

    private static void require(boolean finite, String what, double found) {
        if (!finite) {
            throw new Lora4jException(what + " is " + found + ", expected a finite number");
        }
    }

    /** Whether the tokens that were said must be counted. */
    boolean counts() {
        return presence != 0 || frequency != 0;
    }

    /**
     * Changes scores in place.
     *
     * @param scores [vocabulary], borrowed
     * @param said how often each token was said
     */
    void apply(float[] scores, Map<Integer, Integer> said) {
        bias.forEach((id, value) -> scores[id] += value.floatValue());
        if (counts()) {
            said.forEach((id, times) -> scores[id] -= (float) (frequency * times + presence));
        }
    }

    /** Refuses tokens that the model does not know. */
    void requireVocabulary(int vocabulary) {
        for (int id : bias.keySet()) {
            if (id < 0 || id >= vocabulary) {
                throw new GenerationException("the bias names token " + id + ", the model's vocabulary has "
                        + vocabulary + " tokens; expected 0 to " + (vocabulary - 1));
            }
        }
    }
}
