package dev.lora4j.generation;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Changes to the scores of all tokens before one is drawn (transformers' {@code logits_process.py}).
 *
 * <pre>
 * repetition  z → z / penalty if z > 0, else z · penalty, for tokens that occurred
 * temperature z → z / T
 * top-k       z → −∞ unless z ≥ the k-th largest
 * top-p       z → −∞ for the least likely tokens that together have at most 1 − p
 * min-p       z → −∞ where softmax(z) &lt; p · max softmax(z)
 * </pre>
 *
 * <p>All work in place, borrow the array, and never remove the best token.
 */
final class ScoreFilters {
    private static final float REMOVED = Float.NEGATIVE_INFINITY;

    private ScoreFilters() {}

    static void repetitionPenalty(float[] scores, BitSet occurred, double penalty) {
        if (penalty == 1) {
            return;
        }
        float factor = (float) penalty;
        for (int id = occurred.nextSetBit(0); id >= 0; id = occurred.nextSetBit(id + 1)) {
            scores[id] = scores[id] < 0 ? scores[id] * factor : scores[id] / factor;
        }
    }

    /** Shifts the best to 0 first: a tiny temperature must not overflow. */
    static void temperature(float[] scores, double temperature) {
        float best = scores[best(scores)];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) ((scores[i] - best) / temperature);
        }
    }

    static void topK(float[] scores, int k) {
        if (k == 0 || k >= scores.length) {
            return;
        }
        float least = kthLargest(scores.clone(), k);
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] < least) {
                scores[i] = REMOVED;
            }
        }
    }

    static void topP(float[] scores, double p) {
        if (p == 1) {
            return;
        }
        double[] probabilities = softmax(scores);
        int best = best(scores);
        double toRemove = 1 - p;
        double surely = toRemove / scores.length; // all tokens below it together have less than is to be removed
        double removed = 0;
        long[] ascending = new long[scores.length];
        int count = 0;
        for (int i = 0; i < scores.length; i++) {
            if (i == best) {
                continue;
            }
            if (probabilities[i] < surely) {
                removed += probabilities[i];
                scores[i] = REMOVED;
            } else {
                ascending[count++] = sortable(scores[i]) << 32 | i;
            }
        }
        Arrays.sort(ascending, 0, count);
        for (int j = 0; j < count; j++) {
            int id = (int) ascending[j];
            removed += probabilities[id];
            if (removed > toRemove) {
                return;
            }
            scores[id] = REMOVED;
        }
    }

    static void minP(float[] scores, double p) {
        if (p == 0) {
            return;
        }
        float best = scores[best(scores)];
        for (int i = 0; i < scores.length; i++) {
            if (Math.exp(scores[i] - best) < p) {
                scores[i] = REMOVED;
            }
        }
    }

    /** The first of the tokens with the highest score. */
    static int best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    static double[] softmax(float[] scores) {
        float best = scores[best(scores)];
        double[] probabilities = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] != REMOVED) {
                probabilities[i] = Math.exp(scores[i] - best);
                sum += probabilities[i];
            }
        }
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }

    /** A number with the order of the score. */
    private static long sortable(float score) {
        int bits = Float.floatToIntBits(score);
        return bits ^ ((bits >> 31) & 0x7fffffff);
    }

    /** Hoare's selection; reorders the array. */
    private static float kthLargest(float[] scores, int k) {
        int wanted = scores.length - k;
        int low = 0;
        int high = scores.length - 1;
        while (low < high) {
            float pivot = scores[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (scores[i] < pivot) {
                    i++;
                }
                while (scores[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swapped = scores[i];
                    scores[i++] = scores[j];
                    scores[j--] = swapped;
                }
            }
            if (wanted <= j) {
                high = j;
            } else if (wanted >= i) {
                low = i;
            } else {
                return scores[wanted];
            }
        }
        return scores[wanted];
    }
}
