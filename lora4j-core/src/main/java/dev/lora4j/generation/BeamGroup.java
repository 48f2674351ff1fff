package dev.lora4j.generation;

import dev.lora4j.model.KvCache;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/** The beams of one prompt; confined to one thread. */
final class BeamGroup {
    private static final Comparator<Candidate> BEST_FIRST = Comparator.comparingDouble(Candidate::sum)
            .reversed()
            .thenComparingInt(Candidate::beam)
            .thenComparingInt(Candidate::token);

    private final Prompt prompt;
    private final BeamSettings settings;
    private final List<BeamText> finished = new ArrayList<>();
    private List<Beam> live = new ArrayList<>();
    private boolean done;

    /** Begins with one beam of no new token. */
    BeamGroup(Prompt prompt, BeamSettings settings, KvCache cache) {
        this.prompt = prompt;
        this.settings = settings;
        live.add(new Beam(List.of(), 0, cache));
    }

    /** A text on its way, what it is worth, and what the model has read of it. */
    record Beam(List<Integer> tokens, double sum, KvCache cache) {
        /** The tokens that the cache has not seen yet. */
        int[] next(Prompt prompt) {
            return tokens.isEmpty() ? prompt.tokens() : new int[] {tokens.get(tokens.size() - 1)};
        }
    }

    private record Candidate(int beam, int token, double sum) {}

    Prompt prompt() {
        return prompt;
    }

    /** Those that go on; none once it is done. */
    List<Beam> live() {
        return done ? List.of() : live;
    }

    /**
     * Goes on by one token.
     *
     * @param logits of the last token of each live beam
     */
    void advance(List<float[]> logits) {
        List<Candidate> best = best(logits);
        int length = live.get(0).tokens().size() + 1;
        boolean last = length == settings.maxNewTokens();
        List<Candidate> next = new ArrayList<>();
        for (int rank = 0; rank < best.size(); rank++) {
            Candidate candidate = best.get(rank);
            boolean stops = settings.stopTokens().contains(candidate.token());
            if (stops || last) {
                if (rank < settings.width()) { // a worse one is worth less than the beams that go on
                    finish(candidate, stops);
                }
            } else if (next.size() < settings.width()) {
                next.add(candidate);
            }
        }
        follow(next);
        done = next.isEmpty() || !canImprove(length);
    }

    private void finish(Candidate candidate, boolean stops) {
        List<Integer> tokens = with(live.get(candidate.beam()).tokens(), candidate.token());
        finished.add(new BeamText(tokens, score(candidate.sum(), tokens.size()), stops));
        finished.sort(Comparator.comparingDouble(BeamText::score).reversed());
        if (finished.size() > settings.width()) {
            finished.remove(finished.size() - 1);
        }
    }

    /** As transformers' {@code early_stopping=False}: the best beam would have to end now and be better than the worst text. */
    private boolean canImprove(int length) {
        return finished.size() < settings.width()
                || score(live.get(0).sum(), length)
                        > finished.get(finished.size() - 1).score();
    }

    private double score(double sum, int length) {
        return sum / Math.pow(length, settings.lengthPenalty());
    }

    /** As many that, whatever stops, enough are left to go on. */
    private List<Candidate> best(List<float[]> logits) {
        int wanted = Math.max(2, 1 + settings.stopTokens().size()) * settings.width();
        PriorityQueue<Candidate> best = new PriorityQueue<>(BEST_FIRST.reversed());
        for (int i = 0; i < live.size(); i++) {
            Beam beam = live.get(i);
            float[] row = logits.get(i);
            double normalizer = TokenScores.logSum(row);
            Set<Integer> banned = banned(beam.tokens(), settings.noRepeatNgram());
            for (int token = 0; token < row.length; token++) {
                double sum = beam.sum() + row[token] - normalizer;
                boolean wins = best.size() < wanted || sum > best.element().sum();
                if (wins && sum > Double.NEGATIVE_INFINITY && !banned.contains(token)) {
                    best.add(new Candidate(i, token, sum));
                    if (best.size() > wanted) {
                        best.remove();
                    }
                }
            }
        }
        return best.stream().sorted(BEST_FIRST).toList();
    }

    /** What would make a run of n tokens occur again. */
    static Set<Integer> banned(List<Integer> tokens, int n) {
        Set<Integer> banned = new HashSet<>();
        if (n > 0) {
            int from = tokens.size() - (n - 1);
            for (int i = 0; i + n <= tokens.size(); i++) {
                if (tokens.subList(i, i + n - 1).equals(tokens.subList(from, tokens.size()))) {
                    banned.add(tokens.get(i + n - 1));
                }
            }
        }
        return banned;
    }

    /** The first child of a beam takes over its cache, the others fork it. */
    private void follow(List<Candidate> next) {
        List<Beam> children = new ArrayList<>();
        Set<Integer> parents = new HashSet<>();
        for (Candidate candidate : next) {
            Beam parent = live.get(candidate.beam());
            KvCache cache = parents.add(candidate.beam())
                    ? parent.cache()
                    : parent.cache().fork();
            children.add(new Beam(with(parent.tokens(), candidate.token()), candidate.sum(), cache));
        }
        for (int i = 0; i < live.size(); i++) {
            if (!parents.contains(i)) {
                live.get(i).cache().close();
            }
        }
        live = children;
    }

    private static List<Integer> with(List<Integer> tokens, int token) {
        List<Integer> all = new ArrayList<>(tokens);
        all.add(token);
        return all;
    }

    /** What was found, the best first; gives back what the live beams hold. */
    List<BeamText> end() {
        live.forEach(beam -> beam.cache().close());
        return List.copyOf(finished);
    }
}
