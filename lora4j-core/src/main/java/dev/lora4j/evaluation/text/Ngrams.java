package dev.lora4j.evaluation.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each run of tokens stands in a text; a run is its tokens with a space between them. */
final class Ngrams {
    private Ngrams() {}

    /** Counts the runs of one length. */
    static Map<String, Integer> count(List<String> tokens, int length) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i + length <= tokens.size(); i++) {
            counts.merge(String.join(" ", tokens.subList(i, i + length)), 1, Integer::sum);
        }
        return counts;
    }

    /** Counts the runs of 1 to {@code longest} tokens; the first element is of single tokens. */
    static List<Map<String, Integer>> upTo(int longest, List<String> tokens) {
        List<Map<String, Integer>> counts = new ArrayList<>();
        for (int length = 1; length <= longest; length++) {
            counts.add(count(tokens, length));
        }
        return counts;
    }

    /** The largest count of each run in any of the texts. */
    static Map<String, Integer> largest(List<List<String>> texts, int length) {
        Map<String, Integer> largest = new HashMap<>();
        for (List<String> tokens : texts) {
            count(tokens, length).forEach((run, count) -> largest.merge(run, count, Math::max));
        }
        return largest;
    }

    /** How many of a candidate's runs the references have, each as often as they have it at most. */
    static long matches(Map<String, Integer> candidate, Map<String, Integer> references) {
        long matches = 0;
        for (Map.Entry<String, Integer> run : candidate.entrySet()) {
            matches += Math.min(run.getValue(), references.getOrDefault(run.getKey(), 0));
        }
        return matches;
    }

    /** How many runs of a length a text has. */
    static long total(int tokens, int length) {
        return Math.max(0, tokens - length + 1);
    }
}
