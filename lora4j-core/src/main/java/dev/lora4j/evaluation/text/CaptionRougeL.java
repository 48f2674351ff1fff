package dev.lora4j.evaluation.text;

import java.util.List;

/**
 * ROUGE-L as coco-caption has it, which E2E's scripts run; {@link Rouge} is that of summaries.
 *
 * <pre>
 * F = (1 + β²) P R / (R + β² P),  β = 1.2
 * </pre>
 *
 * P and R the longest common subsequence as a share of the candidate's and of a reference's {@link CaptionTokens}, each the
 * best of all references. The score is the mean over the segments.
 */
public final class CaptionRougeL implements TextMetric {
    private static final double BETA_SQUARED = 1.2 * 1.2;

    @Override
    public String name() {
        return "ROUGE-L";
    }

    @Override
    public double score(List<Segment> segments) {
        TextMetric.requireSome(segments);
        return segments.stream().mapToDouble(CaptionRougeL::score).average().orElseThrow();
    }

    private static double score(Segment segment) {
        List<String> candidate = tokens(segment.candidate());
        double precision = 0;
        double recall = 0;
        for (String text : segment.references()) {
            List<String> reference = tokens(text);
            int common = LongestCommon.length(candidate, reference);
            precision = Math.max(precision, (double) common / candidate.size());
            recall = Math.max(recall, (double) common / reference.size());
        }
        return precision == 0 ? 0 : (1 + BETA_SQUARED) * precision * recall / (recall + BETA_SQUARED * precision);
    }

    /** A text without words is one empty word to the script. */
    private static List<String> tokens(String text) {
        List<String> tokens = CaptionTokens.of(text);
        return tokens.isEmpty() ? List.of("") : tokens;
    }
}
