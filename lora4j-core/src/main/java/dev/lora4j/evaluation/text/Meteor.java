package dev.lora4j.evaluation.text;

import java.util.List;

/**
 * METEOR 1.5 (Denkowski and Lavie 2014) for English with its stages {@code exact} and {@code stem}: a word stands for an equal
 * one, or with weight 0.6 for one of the same stem.
 *
 * <pre>
 * P, R = Σ weight · matches / length, in words, where content words count δ and function words 1 − δ
 * score = (1 − γ (chunks / matches)^β) · 1 / ((1 − α) / P + α / R)      α = 0.85, β = 0.2, γ = 0.6, δ = 0.75
 * </pre>
 *
 * A chunk is a run of words that match in the same order. Of several references the best counts; the corpus is scored by the sums of
 * the counts.
 *
 * <p>This is not the official number: that one also knows synonyms (WordNet) and paraphrases (a table of 60 MB), which need data
 * that lora4j does not have, and a list of function words of its own. It is equal to METEOR's program with {@code -m 'exact stem'
 * -w '1.0 0.6'} and our function words, over {@link CaptionTokens}.
 */
public final class Meteor implements TextMetric {
    private static final double ALPHA = 0.85;
    private static final double BETA = 0.2;
    private static final double GAMMA = 0.6;
    private static final double DELTA = 0.75;
    private static final double STEM = 0.6;

    @Override
    public String name() {
        return "METEOR exact and stem";
    }

    @Override
    public double score(List<Segment> segments) {
        TextMetric.requireSome(segments);
        return segments.stream()
                .map(Meteor::best)
                .reduce(Counts.NONE, Counts::plus)
                .score();
    }

    private static Counts best(Segment segment) {
        List<String> candidate = CaptionTokens.of(segment.candidate());
        Counts best = Counts.NONE;
        double highest = -1;
        for (String reference : segment.references()) {
            Counts counts = Counts.of(candidate, CaptionTokens.of(reference));
            double score = counts.score();
            if (score > highest) {
                highest = score;
                best = counts;
            }
        }
        return best;
    }

    /**
     * What a score is made of, sums over texts.
     *
     * @param candidate weight of its words
     * @param reference weight of its words
     * @param candidateMatches weight of those that match
     * @param referenceMatches weight of those that match
     * @param matches their number
     */
    private record Counts(
            double candidate,
            double reference,
            double candidateMatches,
            double referenceMatches,
            long matches,
            long chunks) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

        static Counts of(List<String> candidate, List<String> reference) {
            int[] places = MeteorAlignment.of(candidate, reference);
            double candidateMatches = 0;
            double referenceMatches = 0;
            long matches = 0;
            long chunks = 0;
            for (int i = 0; i < places.length; i++) {
                if (places[i] >= 0) {
                    String found = candidate.get(places[i]);
                    double weight = found.equals(reference.get(i)) ? 1 : STEM;
                    candidateMatches += weight * weight(found);
                    referenceMatches += weight * weight(reference.get(i));
                    matches++;
                    boolean goesOn = i > 0 && places[i - 1] >= 0 && places[i] == places[i - 1] + 1;
                    chunks += goesOn ? 0 : 1;
                }
            }
            boolean whole = chunks == 1 && matches == candidate.size() && matches == reference.size();
            return new Counts(
                    weights(candidate),
                    weights(reference),
                    candidateMatches,
                    referenceMatches,
                    matches,
                    whole ? 0 : chunks);
        }

        private static double weights(List<String> words) {
            return words.stream().mapToDouble(Counts::weight).sum();
        }

        private static double weight(String word) {
            return FunctionWords.contains(word) ? 1 - DELTA : DELTA;
        }

        Counts plus(Counts other) {
            return new Counts(
                    candidate + other.candidate,
                    reference + other.reference,
                    candidateMatches + other.candidateMatches,
                    referenceMatches + other.referenceMatches,
                    matches + other.matches,
                    chunks + other.chunks);
        }

        double score() {
            if (matches == 0) {
                return 0;
            }
            double mean = 1 / ((1 - ALPHA) * candidate / candidateMatches + ALPHA * reference / referenceMatches);
            double penalty = GAMMA * Math.pow((double) chunks / matches, BETA);
            return Math.max(0, mean * (1 - penalty));
        }
    }
}
