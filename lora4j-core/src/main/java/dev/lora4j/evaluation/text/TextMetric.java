package dev.lora4j.evaluation.text;

import java.util.List;

/** A score of a corpus: one number for all its segments. Implementations are immutable. */
public interface TextMetric {
    /** What a report calls it, such as {@code BLEU}. */
    String name();

    /**
     * Scores all segments together.
     *
     * @param segments one at least
     * @return a fraction where the metric is one (also where its script prints 100 times that)
     */
    double score(List<Segment> segments);

    /** Refuses an empty corpus, of which no metric has a score. */
    static void requireSome(List<Segment> segments) {
        if (segments.isEmpty()) {
            throw new IllegalArgumentException("there are no texts to score; expected one at least");
        }
    }
}
