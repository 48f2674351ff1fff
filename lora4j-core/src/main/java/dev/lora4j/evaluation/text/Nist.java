package dev.lora4j.evaluation.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * NIST (Doddington 2002), equal to E2E's mteval-v13a-sig.pl: n-grams up to 5, those that tell more weigh more. It has no upper limit.
 *
 * <pre>
 * NIST = penalty · Σₙ (Σ info(g) over the n-grams g that match) / (n-grams in the candidates)
 * info(w₁ … wₙ) = log₂ (count(w₁ … wₙ₋₁) / count(w₁ … wₙ))      counted in all references
 * penalty = exp(−β log² min(1, c / r̄)),  β so that it is ½ at c / r̄ = ⅔
 * </pre>
 *
 * c tokens in the candidates; r̄ mean length of all references, times the segments. So a segment with many references
 * weighs more in r̄, as in E2E's copy of the script; pymteval, which stands beside it in e2e-metrics, takes the mean of each segment
 * first, and finds another penalty.
 */
public final class Nist implements TextMetric {
    private static final int ORDERS = 5;
    private static final double BETA = -Math.log(0.5) / Math.pow(Math.log(1.5), 2);

    @Override
    public String name() {
        return "NIST";
    }

    @Override
    public double score(List<Segment> segments) {
        TextMetric.requireSome(segments);
        Map<String, Integer> counts = new HashMap<>();
        List<List<List<String>>> references = new ArrayList<>();
        long words = 0;
        long texts = 0;
        for (Segment segment : segments) {
            List<List<String>> own =
                    segment.references().stream().map(Nist::tokens).toList();
            references.add(own);
            texts += own.size();
            for (List<String> reference : own) {
                words += reference.size();
                Ngrams.upTo(ORDERS, reference)
                        .forEach(order -> order.forEach((run, count) -> counts.merge(run, count, Integer::sum)));
            }
        }
        double[] information = new double[ORDERS];
        long[] totals = new long[ORDERS];
        for (int i = 0; i < segments.size(); i++) {
            List<String> candidate = tokens(segments.get(i).candidate());
            for (int n = 1; n <= ORDERS; n++) {
                totals[n - 1] += Ngrams.total(candidate.size(), n);
                information[n - 1] += matching(candidate, references.get(i), n, counts, words);
            }
        }
        double sum = 0;
        for (int i = 0; i < ORDERS; i++) {
            sum += information[i] / Math.max(totals[i], 1);
        }
        return words == 0 ? 0 : sum * penalty(totals[0] / ((double) words / texts * segments.size()));
    }

    private static double matching(
            List<String> candidate, List<List<String>> references, int n, Map<String, Integer> counts, long words) {
        Map<String, Integer> largest = Ngrams.largest(references, n);
        double sum = 0;
        for (Map.Entry<String, Integer> run : Ngrams.count(candidate, n).entrySet()) {
            int matches = Math.min(run.getValue(), largest.getOrDefault(run.getKey(), 0));
            if (matches > 0) {
                sum += matches * information(run.getKey(), counts, words);
            }
        }
        return sum;
    }

    private static double information(String run, Map<String, Integer> counts, long words) {
        int last = run.lastIndexOf(' ');
        String before = last < 0 ? "" : run.substring(0, last);
        // Perl takes the text "0" for no text
        long whole = before.isEmpty() || before.equals("0") ? words : counts.getOrDefault(before, 0);
        return Math.log((double) whole / counts.getOrDefault(run, 0)) / Math.log(2);
    }

    private static double penalty(double ratio) {
        if (ratio >= 1) {
            return 1;
        }
        return ratio <= 0 ? 0 : Math.exp(-BETA * Math.log(ratio) * Math.log(ratio));
    }

    private static List<String> tokens(String text) {
        return MtevalTokens.of(MtevalTokens.lowerAscii(text));
    }
}
