package dev.lora4j.evaluation.text;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * BLEU of a corpus with several references (Papineni et al. 2002), up to 4-grams.
 *
 * <pre>
 * BLEU = exp(min(0, 1 − r / c)) · exp(¼ Σ log pₙ)
 * </pre>
 *
 * c tokens in the candidates; r tokens in the reference of each that is closest in length (the shorter of two equally
 * close); pₙ the share of the candidates' n-grams that a reference has, each counted as often as one reference has it. The
 * k-th order without a match counts as 1 / 2ᵏ of a match.
 */
public final class Bleu implements TextMetric {
    private static final int ORDERS = 4;

    private final Function<String, List<String>> tokens;
    private final boolean mteval;

    private Bleu(Function<String, List<String>> tokens, boolean mteval) {
        this.tokens = tokens;
        this.mteval = mteval;
    }

    /** As mteval-v13a.pl, which E2E's scripts run: A to Z are small letters. */
    public static Bleu mteval() {
        return new Bleu(text -> MtevalTokens.of(MtevalTokens.lowerAscii(text)), true);
    }

    /** As sacrebleu 2.6.0 by default (tokens {@code 13a}, smoothing {@code exp}); sacrebleu prints 100 times this. */
    public static Bleu sacrebleu() {
        return new Bleu(text -> MtevalTokens.of(text.stripTrailing()), false);
    }

    /** As sacrebleu with {@code lowercase}. */
    public static Bleu sacrebleuLowercase() {
        return new Bleu(text -> MtevalTokens.of(text.toLowerCase(Locale.ROOT).stripTrailing()), false);
    }

    @Override
    public String name() {
        return "BLEU";
    }

    @Override
    public double score(List<Segment> segments) {
        TextMetric.requireSome(segments);
        long[] matches = new long[ORDERS];
        long[] totals = new long[ORDERS];
        long referenceLength = 0;
        for (Segment segment : segments) {
            List<String> candidate = tokens.apply(segment.candidate());
            List<List<String>> references =
                    segment.references().stream().map(tokens).toList();
            referenceLength += closest(candidate.size(), references);
            for (int n = 1; n <= ORDERS; n++) {
                matches[n - 1] += Ngrams.matches(Ngrams.count(candidate, n), Ngrams.largest(references, n));
                totals[n - 1] += Ngrams.total(candidate.size(), n);
            }
        }
        return totals[0] == 0 ? 0 : brevity(totals[0], referenceLength) * precision(matches, totals);
    }

    private static double brevity(long candidate, long reference) {
        return candidate >= reference ? 1 : Math.exp(1 - (double) reference / candidate);
    }

    /** The geometric mean. The scripts part where no candidate is long enough for an order, or nothing matches at all. */
    private double precision(long[] matches, long[] totals) {
        if (matches[0] == 0 && !mteval) {
            return 0;
        }
        double logs = 0;
        double smooth = 1;
        for (int i = 0; i < ORDERS; i++) {
            if (totals[i] == 0 && !mteval) {
                return 0;
            }
            if (totals[i] > 0) {
                smooth *= matches[i] == 0 ? 2 : 1;
                logs += Math.log((matches[i] == 0 ? 1 / smooth : matches[i]) / totals[i]);
            }
        }
        return Math.exp(logs / ORDERS);
    }

    /** mteval passes over an empty reference that is not the first. */
    private long closest(int candidate, List<List<String>> references) {
        int closest = references.get(0).size();
        for (List<String> reference : references) {
            int length = reference.size();
            int nearer = Math.abs(length - candidate) - Math.abs(closest - candidate);
            boolean better = nearer < 0 || (nearer == 0 && length < closest);
            if (better && !(mteval && length == 0)) {
                closest = length;
            }
        }
        return closest;
    }
}
