package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.Map;

/**
 * ROUGE of summaries (Lin 2004), equal to rouge-score 0.1.2: the F-measure of what candidate and reference share.
 *
 * <pre>
 * F = 2 P R / (P + R),  P = shared / in the candidate,  R = shared / in the reference
 * </pre>
 *
 * Shared are n-grams, or tokens of the longest common subsequence. Of several references the best F counts
 * ({@code score_multi}); the score is the mean over the segments.
 */
public final class Rouge implements TextMetric {
    private final int order;
    private final boolean stemmed;

    private Rouge(int order, boolean stemmed) {
        this.order = order;
        this.stemmed = stemmed;
    }

    /**
     * ROUGE-1, ROUGE-2 and so on.
     *
     * @param stemmed whether words are compared by their stems ({@code use_stemmer})
     */
    public static Rouge ngrams(int order, boolean stemmed) {
        if (order < 1 || order > 9) {
            throw new IllegalArgumentException("order is " + order + ", expected 1 to 9");
        }
        return new Rouge(order, stemmed);
    }

    /**
     * ROUGE-L over the whole text as one sentence ({@code rougeL}).
     *
     * @param stemmed as above
     */
    public static Rouge longest(boolean stemmed) {
        return new Rouge(0, stemmed);
    }

    @Override
    public String name() {
        return "ROUGE-" + (order == 0 ? "L" : order);
    }

    @Override
    public double score(List<Segment> segments) {
        TextMetric.requireSome(segments);
        return segments.stream().mapToDouble(this::score).average().orElseThrow();
    }

    private double score(Segment segment) {
        List<String> candidate = RougeTokens.of(segment.candidate(), stemmed);
        return segment.references().stream()
                .mapToDouble(reference -> score(candidate, RougeTokens.of(reference, stemmed)))
                .max()
                .orElseThrow();
    }

    private double score(List<String> candidate, List<String> reference) {
        if (order == 0) {
            int common = LongestCommon.length(candidate, reference);
            return f(common, candidate.size(), reference.size());
        }
        Map<String, Integer> wanted = Ngrams.count(reference, order);
        return f(
                Ngrams.matches(Ngrams.count(candidate, order), wanted),
                Ngrams.total(candidate.size(), order),
                Ngrams.total(reference.size(), order));
    }

    private static double f(long shared, long candidate, long reference) {
        double precision = (double) shared / Math.max(candidate, 1);
        double recall = (double) shared / Math.max(reference, 1);
        return shared == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }
}
