package dev.lora4j.generation;

import dev.lora4j.tensor.DropoutStream;
import java.util.BitSet;

/** Chooses the next token of a sequence by its settings. Immutable. */
final class Sampler {
    private final GenerationSettings settings;

    Sampler(GenerationSettings settings) {
        this.settings = settings;
    }

    /** False if no token can be chosen: a score is NaN or +∞, or all are −∞. */
    static boolean isUsable(float[] scores) {
        boolean finite = false;
        for (float score : scores) {
            if (Float.isNaN(score) || score == Float.POSITIVE_INFINITY) {
                return false;
            }
            finite |= score != Float.NEGATIVE_INFINITY;
        }
        return finite;
    }

    /**
     * Chooses.
     *
     * @param scores logits of all tokens, usable; taken, and changed
     * @param occurred tokens of the sequence so far, the prompt included
     * @param position of the new token in the sequence
     */
    int choose(float[] scores, BitSet occurred, long position) {
        ScoreFilters.repetitionPenalty(scores, occurred, settings.repetitionPenalty());
        if (settings.temperature() == 0) {
            return ScoreFilters.best(scores);
        }
        ScoreFilters.temperature(scores, settings.temperature());
        ScoreFilters.topK(scores, settings.topK());
        ScoreFilters.topP(scores, settings.topP());
        ScoreFilters.minP(scores, settings.minP());
        return draw(scores, uniform(settings.seed(), position));
    }

    /** A number in [0, 1) that depends on the seed and the position alone. */
    private static double uniform(long seed, long position) {
        return (DropoutStream.mix(seed ^ DropoutStream.mix(position)) >>> 11) * 0x1p-53;
    }

    private static int draw(float[] scores, double uniform) {
        double[] probabilities = ScoreFilters.softmax(scores);
        double below = 0;
        for (int id = 0; id < probabilities.length; id++) {
            below += probabilities[id];
            if (uniform < below) {
                return id;
            }
        }
        return ScoreFilters.best(scores); // rounding left the sum below 1
    }
}
