package dev.lora4j.evaluation.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CIDEr as coco-caption has it (Vedantam et al. 2015, its CIDEr-D): cosines of n-gram vectors, n up to 4.
 *
 * <pre>
 * CIDEr = mean over segments, 10 · ¼ Σₙ mean over references, exp(−δ² / 2σ²) · Σ min(cᵢ, rᵢ) rᵢ / (‖c‖ ‖r‖),  σ = 6
 * cᵢ = count(i) · log(segments / segments with i in a reference)
 * </pre>
 *
 * δ is the difference of length, in bigrams as the script has it. Of a single segment all weights are log 1, and the score 0.
 */
public final class Cider implements TextMetric {
    private static final int ORDERS = 4;
    private static final double TWICE_SIGMA_SQUARED = 2 * 6.0 * 6.0;

    @Override
    public String name() {
        return "CIDEr";
    }

    @Override
    public double score(List<Segment> segments) {
        TextMetric.requireSome(segments);
        List<List<List<Map<String, Integer>>>> references = new ArrayList<>();
        Map<String, Integer> documents = new HashMap<>();
        for (Segment segment : segments) {
            List<List<Map<String, Integer>>> own =
                    segment.references().stream().map(Cider::counts).toList();
            references.add(own);
            Set<String> seen = new HashSet<>();
            own.forEach(orders -> orders.forEach(order -> seen.addAll(order.keySet())));
            seen.forEach(run -> documents.merge(run, 1, Integer::sum));
        }
        double sum = 0;
        for (int i = 0; i < segments.size(); i++) {
            Vector candidate = Vector.of(counts(segments.get(i).candidate()), documents, segments.size());
            sum += references.get(i).stream()
                    .map(counts -> Vector.of(counts, documents, segments.size()))
                    .mapToDouble(reference -> similarity(candidate, reference))
                    .average()
                    .orElseThrow();
        }
        return 10 * sum / segments.size();
    }

    private static List<Map<String, Integer>> counts(String text) {
        return Ngrams.upTo(ORDERS, CaptionTokens.of(text));
    }

    private static double similarity(Vector candidate, Vector reference) {
        double delta = candidate.length - reference.length;
        double sum = 0;
        for (int n = 0; n < ORDERS; n++) {
            double product = 0;
            for (Map.Entry<String, Double> run : candidate.weights.get(n).entrySet()) {
                double other = reference.weights.get(n).getOrDefault(run.getKey(), 0.0);
                product += Math.min(run.getValue(), other) * other;
            }
            double norms = candidate.norms[n] * reference.norms[n];
            sum += norms == 0 ? product : product / norms;
        }
        return Math.exp(-delta * delta / TWICE_SIGMA_SQUARED) * sum / ORDERS;
    }

    /** Weights and their norm for each order, and how many bigrams the text has. */
    private static final class Vector {
        final List<Map<String, Double>> weights = new ArrayList<>();
        final double[] norms = new double[ORDERS];
        final int length;

        private Vector(int length) {
            this.length = length;
        }

        static Vector of(List<Map<String, Integer>> counts, Map<String, Integer> documents, int segments) {
            Vector vector = new Vector(
                    counts.get(1).values().stream().mapToInt(Integer::intValue).sum());
            for (int n = 0; n < ORDERS; n++) {
                Map<String, Double> weights = new HashMap<>();
                double squares = 0;
                for (Map.Entry<String, Integer> run : counts.get(n).entrySet()) {
                    int holding = Math.max(1, documents.getOrDefault(run.getKey(), 0));
                    double weight = run.getValue() * (Math.log(segments) - Math.log(holding));
                    weights.put(run.getKey(), weight);
                    squares += weight * weight;
                }
                vector.weights.add(weights);
                vector.norms[n] = Math.sqrt(squares);
            }
            return vector;
        }
    }
}
