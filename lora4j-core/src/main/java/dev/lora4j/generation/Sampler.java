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
        if (settings.temperature() == 0) {
            ScoreFilters.repetitionPenalty(scores, occurred, settings.repetitionPenalty());
            return ScoreFilters.best(scores);
        }
        return draw(distribution(scores, occurred), uniform(settings.seed(), position));
    }

    /** The probability of each token to be drawn; takes and changes the scores. */
    double[] distribution(float[] scores, BitSet occurred) {
        ScoreFilters.repetitionPenalty(scores, occurred, settings.repetitionPenalty());
        ScoreFilters.temperature(scores, settings.temperature());
        ScoreFilters.topK(scores, settings.topK());
        ScoreFilters.topP(scores, settings.topP());
        ScoreFilters.minP(scores, settings.minP());
        return ScoreFilters.softmax(scores);
    }

    /** A number in [0, 1) that depends on the seed and the position alone. */
    private static double uniform(long seed, long position) {
        return (DropoutStream.mix(seed ^ DropoutStream.mix(position)) >>> 11) * 0x1p-53;
    }

    private static int draw(double[] probabilities, double uniform) {
        double below = 0;
        int last = 0;
        for (int id = 0; id < probabilities.length; id++) {
            if (probabilities[id] > 0) {
                below += probabilities[id];
                last = id;
            }
            if (uniform < below) {
                return id;
            }
        }
        return last; // rounding left the sum below 1
    }
}
