package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Which tokens go through which experts: for each token the most probable ones. */
final class ExpertChoice {
    /** Tokens of each expert, ascending. */
    private final List<long[]> tokens = new ArrayList<>();

    private final long[] flat;
    private final long[] order;

    private ExpertChoice(int[][] chosen, int experts) {
        int each = chosen.length == 0 ? 0 : chosen[0].length;
        flat = new long[chosen.length * each];
        order = new long[chosen.length * each];
        long row = 0;
        for (int expert = 0; expert < experts; expert++) {
            long[] found = new long[chosen.length];
            int count = 0;
            for (int token = 0; token < chosen.length; token++) {
                for (int i = 0; i < each; i++) {
                    if (chosen[token][i] == expert) {
                        found[count++] = token;
                        flat[token * each + i] = (long) token * experts + expert;
                        order[token * each + i] = row++;
                    }
                }
            }
            tokens.add(Arrays.copyOf(found, count));
        }
    }

    /**
     * Chooses.
     *
     * @param probabilities [tokens, experts]
     * @param each how many experts a token gets
     */
    static ExpertChoice of(Tensor probabilities, int each) {
        int experts = (int) probabilities.size(1);
        float[] values = probabilities.toFloats();
        int[][] chosen = new int[values.length / experts][];
        for (int token = 0; token < chosen.length; token++) {
            chosen[token] = best(values, token * experts, experts, each);
        }
        return new ExpertChoice(chosen, experts);
    }

    /** The largest first; of equal ones that with the lower number. */
    private static int[] best(float[] values, int offset, int experts, int each) {
        int[] best = new int[each];
        boolean[] taken = new boolean[experts];
        for (int i = 0; i < each; i++) {
            int found = -1;
            for (int expert = 0; expert < experts; expert++) {
                if (!taken[expert] && (found < 0 || values[offset + expert] > values[offset + found])) {
                    found = expert;
                }
            }
            taken[found] = true;
            best[i] = found;
        }
        return best;
    }

    /** Numbers of the tokens that go through an expert, ascending. */
    long[] tokens(int expert) {
        return tokens.get(expert).clone();
    }

    /** Among an expert's rows the first whose token is not before this one. */
    long firstRow(int expert, long token) {
        int found = Arrays.binarySearch(tokens.get(expert), token);
        return found < 0 ? -found - 1 : found;
    }

    /** Of every token and choice, its place in [tokens, experts] laid flat; [tokens · each]. */
    long[] flat() {
        return flat.clone();
    }

    /** Of every token and choice, its row where the experts' rows lie one expert after another; [tokens · each]. */
    long[] order() {
        return order.clone();
    }
}
