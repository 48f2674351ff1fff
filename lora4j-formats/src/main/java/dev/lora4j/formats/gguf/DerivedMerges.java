package dev.lora4j.formats.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The merges that a SentencePiece vocabulary with scores amounts to.
 *
 * <p>Every way to cut a token in two tokens is a merge; those of better tokens come first, and of the same score those
 * with the longer left part (transformers' generate_merges in tokenization_utils_base.py).
 */
final class DerivedMerges {
    /** Longer tokens have no merges, so that a hostile vocabulary costs bounded time; Gemma's longest has 31. */
    static final int MAX_TOKEN_LENGTH = 256;

    private static final Comparator<Ranked> BEST_FIRST = Comparator.comparingDouble(Ranked::score)
            .thenComparingInt(Ranked::leftLength)
            .thenComparingInt(Ranked::rightLength)
            .reversed();

    private DerivedMerges() {}

    /** @param scores by id, the better the higher */
    static List<Merge> of(List<String> tokens, Map<String, Integer> ids, List<Double> scores) {
        List<Ranked> ranked = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            addCuts(tokens.get(id), ids, scores.get(id), ranked);
        }
        ranked.sort(BEST_FIRST);
        return ranked.stream().map(Ranked::merge).toList();
    }

    private static void addCuts(String token, Map<String, Integer> ids, double score, List<Ranked> ranked) {
        if (token.length() > MAX_TOKEN_LENGTH) {
            return;
        }
        // the longest left part first is the final order within a token, so that sorting has little to do
        for (int cut = token.length() - 1; cut > 0; cut--) {
            String left = token.substring(0, cut);
            if (!ids.containsKey(left)) {
                continue;
            }
            String right = token.substring(cut);
            if (ids.containsKey(right)) {
                ranked.add(new Ranked(new Merge(left, right), score, codePoints(left), codePoints(right)));
            }
        }
    }

    /** The length as Python counts it. */
    private static int codePoints(String token) {
        return token.codePointCount(0, token.length());
    }

    private record Ranked(Merge merge, double score, int leftLength, int rightLength) {}
}
