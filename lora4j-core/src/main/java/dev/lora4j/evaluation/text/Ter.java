package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.Locale;

/**
 * Translation edit rate (Snover et al. 2006), equal to sacrebleu 2.6.0 by default: small letters, words between white space.
 *
 * <pre>
 * TER = Σ least edits of any reference / Σ mean length of the references
 * </pre>
 *
 * An edit inserts, removes or replaces a word, or moves a run of words ({@link TerShifts}). Lower is better; it may be above
 * 1. sacrebleu prints 100 times this.
 */
public final class Ter implements TextMetric {
    @Override
    public String name() {
        return "TER";
    }

    @Override
    public double score(List<Segment> segments) {
        TextMetric.requireSome(segments);
        long edits = 0;
        double length = 0;
        for (Segment segment : segments) {
            List<String> candidate = words(segment.candidate());
            long least = Long.MAX_VALUE;
            long words = 0;
            for (String text : segment.references()) {
                List<String> reference = words(text);
                words += reference.size();
                least = Math.min(least, TerShifts.edits(candidate, reference));
            }
            edits += least;
            length += (double) words / segment.references().size();
        }
        if (length > 0) {
            return edits / length;
        }
        return edits > 0 ? 1 : 0;
    }

    private static List<String> words(String text) {
        return Words.of(text.toLowerCase(Locale.ROOT));
    }
}
