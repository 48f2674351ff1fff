package dev.lora4j.evaluation.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Which word of a candidate stands for which of a reference, found by METEOR 1.5's beam search over the reference's words.
 *
 * <p>Best is the way with the most words that are equal, then with the fewest chunks, then with the least distance. Words that
 * share only their stem do not count in the search (there their weight is rounded down), and the distance of a pair counts for
 * the ways that leave it out: both as in METEOR's program.
 */
final class MeteorAlignment {
    private static final int BEAM = 40;
    private static final int NONE = -1;

    private static final Comparator<Way> ORDER = Comparator.<Way>comparingInt(way -> -way.equal)
            .thenComparingInt(way -> way.chunks)
            .thenComparingInt(way -> way.distance);

    private final List<String> candidate;
    private final List<String> reference;
    private final List<List<Integer>> places = new ArrayList<>();
    private final int[] coverage;

    private MeteorAlignment(List<String> candidate, List<String> reference) {
        this.candidate = candidate;
        this.reference = reference;
        this.coverage = new int[candidate.size()];
        List<String> stems = candidate.stream().map(EnglishStemmer::stem).toList();
        boolean same = candidate.equals(reference);
        for (String word : reference) {
            List<Integer> found = new ArrayList<>(indices(candidate, word));
            if (!same) {
                indices(stems, EnglishStemmer.stem(word)).stream()
                        .filter(index -> !candidate.get(index).equals(word))
                        .forEach(found::add);
            }
            found.forEach(index -> coverage[index]++);
            places.add(found);
        }
    }

    private static List<Integer> indices(List<String> words, String word) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals(word)) {
                indices.add(i);
            }
        }
        return indices;
    }

    /** For each word of the reference the index of the candidate's, or {@code -1}. */
    static int[] of(List<String> candidate, List<String> reference) {
        return new MeteorAlignment(candidate, reference).search();
    }

    /** A way through the first words of the reference. */
    private static final class Way {
        final int[] chosen;
        final boolean[] used;
        int equal;
        int chunks;
        int distance;
        int last = NONE;

        Way(int[] chosen, boolean[] used) {
            this.chosen = chosen;
            this.used = used;
        }

        Way copy() {
            Way copy = new Way(chosen.clone(), used.clone());
            copy.equal = equal;
            copy.chunks = chunks;
            copy.distance = distance;
            copy.last = last;
            return copy;
        }

        void take(int place, boolean isEqual) {
            equal += isEqual ? 1 : 0;
            chunks += last != NONE && last != place ? 1 : 0;
            last = place + 1;
        }

        void skip() {
            chunks += last == NONE ? 0 : 1;
            last = NONE;
        }
    }

    private int[] search() {
        Way begin = new Way(new int[reference.size()], new boolean[candidate.size()]);
        Arrays.fill(begin.chosen, NONE);
        boolean[] settled = new boolean[reference.size()];
        for (int i = 0; i < reference.size(); i++) {
            if (places.get(i).size() == 1 && coverage[places.get(i).get(0)] == 1) {
                settled[i] = true;
                begin.chosen[i] = places.get(i).get(0);
                begin.used[begin.chosen[i]] = true;
            }
        }
        List<Way> ways = new ArrayList<>(List.of(begin));
        for (int i = 0; i < reference.size(); i++) {
            List<Way> next = new ArrayList<>();
            for (Way way : ways.subList(0, Math.min(BEAM, ways.size()))) {
                if (settled[i]) {
                    way.take(way.chosen[i], isEqual(i, way.chosen[i]));
                    way.distance += Math.abs(i - way.chosen[i]);
                } else {
                    branch(way, i, next);
                    way.skip();
                }
                next.add(way);
            }
            next.sort(ORDER);
            ways = next;
        }
        ways.forEach(Way::skip);
        return ways.stream().min(ORDER).orElseThrow().chosen;
    }

    private void branch(Way way, int index, List<Way> next) {
        for (int place : places.get(index)) {
            if (!way.used[place]) {
                Way taken = way.copy();
                taken.used[place] = true;
                taken.chosen[index] = place;
                taken.take(place, isEqual(index, place));
                way.distance += Math.abs(index - place);
                next.add(taken);
            }
        }
    }

    private boolean isEqual(int index, int place) {
        return reference.get(index).equals(candidate.get(place));
    }
}
