package dev.lora4j.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * How likely a token was by the model's own distribution, before any setting changed it.
 *
 * @param token the token that was said
 * @param likeliest the best tokens, the likeliest first; as many as were wanted, of equal ones the lower id first
 */
public record TokenScores(Scored token, List<Scored> likeliest) {
    /** Copies the list. */
    public TokenScores {
        likeliest = List.copyOf(likeliest);
    }

    /**
     * A token and the logarithm of its probability.
     *
     * @param logprob natural logarithm, 0 or less
     */
    public record Scored(int id, double logprob) {}

    /**
     * Reads logits.
     *
     * @param logits [vocabulary], borrowed and left as they are
     * @param count how many of the best are wanted
     */
    static TokenScores of(float[] logits, int token, int count) {
        double logSum = logSum(logits);
        Comparator<Integer> worseFirst = Comparator.comparingDouble((Integer id) -> logits[id])
                .thenComparing(Comparator.<Integer>reverseOrder());
        PriorityQueue<Integer> best = new PriorityQueue<>(worseFirst);
        for (int id = 0; id < logits.length && count > 0; id++) {
            if (best.size() < count) {
                best.add(id);
            } else if (logits[id] > logits[best.element()]) {
                best.remove();
                best.add(id);
            }
        }
        List<Integer> sorted = new ArrayList<>(best);
        sorted.sort(worseFirst.reversed());
        return new TokenScores(
                new Scored(token, logits[token] - logSum),
                sorted.stream().map(id -> new Scored(id, logits[id] - logSum)).toList());
    }

    /** log Σ exp of the logits. */
    static double logSum(float[] logits) {
        double best = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            best = Math.max(best, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - best);
        }
        return best + Math.log(sum);
    }
}
