package dev.lora4j.evaluation.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The edits of {@link Ter} with shifts: as long as moving a run of words saves edits, the best such move is made.
 *
 * <p>The rules are Tercom's, as sacrebleu's lib_ter has them: a run of at most {@value #LONGEST} words that stands in both, at
 * most {@value #FARTHEST} words apart, with a wrong word at either place, and {@value #CANDIDATES} tries in all.
 */
final class TerShifts {
    private static final int LONGEST = 10;
    private static final int FARTHEST = 50;
    private static final int CANDIDATES = 1000;

    private final List<String> reference;
    private int tried;

    private TerShifts(List<String> reference) {
        this.reference = reference;
    }

    /** Edits that make the reference of a candidate; a shift is one. */
    static int edits(List<String> candidate, List<String> reference) {
        return reference.isEmpty() ? candidate.size() : new TerShifts(reference).edits(candidate);
    }

    private int edits(List<String> candidate) {
        List<String> words = candidate;
        int shifts = 0;
        while (true) {
            Optional<Shift> best = best(words);
            if (tried >= CANDIDATES || best.isEmpty() || best.get().saved() <= 0) {
                return shifts + EditAlignment.of(words, reference).edits();
            }
            shifts++;
            words = best.get().words();
        }
    }

    /** A move that was tried: the edits that it saves, the run's length, where from, where to, and what comes of it. */
    private record Shift(int saved, int length, int from, int to, List<String> words) {
        /** The one that Tercom takes is the largest; the words decide where all else is equal. */
        static final Comparator<Shift> ORDER = Comparator.comparingInt(Shift::saved)
                .thenComparingInt(Shift::length)
                .thenComparing(Shift::from, Comparator.reverseOrder())
                .thenComparing(Shift::to, Comparator.reverseOrder())
                .thenComparing(Shift::words, TerShifts::compare);
    }

    private Optional<Shift> best(List<String> words) {
        EditAlignment now = EditAlignment.of(words, reference);
        List<Shift> shifts = new ArrayList<>();
        for (int from = 0; from < words.size(); from++) {
            for (int at = Math.max(0, from - FARTHEST); at < reference.size() && at <= from + FARTHEST; at++) {
                for (int length = 1; length <= common(words, from, at); length++) {
                    if (mayMove(now, from, at, length)) {
                        tryAll(now, words, from, at, length, shifts);
                    }
                    if (tried >= CANDIDATES) {
                        return shifts.stream().max(Shift.ORDER);
                    }
                }
            }
        }
        return shifts.stream().max(Shift.ORDER);
    }

    /** How many words from here and from there are the same. */
    private int common(List<String> words, int from, int at) {
        int most = Math.min(LONGEST, Math.min(words.size() - from, reference.size() - at));
        int length = 0;
        while (length < most && words.get(from + length).equals(reference.get(at + length))) {
            length++;
        }
        return length;
    }

    private static boolean mayMove(EditAlignment now, int from, int at, int length) {
        boolean inside = from <= now.alignedTo()[at] && now.alignedTo()[at] < from + length;
        return !inside && any(now.candidateWrong(), from, length) && any(now.referenceWrong(), at, length);
    }

    private static boolean any(boolean[] wrong, int start, int length) {
        for (int i = start; i < start + length; i++) {
            if (wrong[i]) {
                return true;
            }
        }
        return false;
    }

    private void tryAll(EditAlignment now, List<String> words, int from, int at, int length, List<Shift> shifts) {
        int before = -1;
        for (int offset = -1; offset < length; offset++) {
            int to = at + offset == -1 ? 0 : now.alignedTo()[at + offset] + 1;
            if (to != before) {
                List<String> moved = moved(words, from, length, to);
                int saved = now.edits() - EditAlignment.of(moved, reference).edits();
                shifts.add(new Shift(saved, length, from, to, moved));
                tried++;
            }
            before = to;
        }
    }

    private static List<String> moved(List<String> words, int from, int length, int to) {
        List<String> run = words.subList(from, from + length);
        List<String> rest = new ArrayList<>(words.subList(0, from));
        rest.addAll(words.subList(from + length, words.size()));
        // a place behind the run is counted without it; one inside the run moves it on by as much
        int place = to > from + length ? to - length : to;
        rest.addAll(Math.min(place, rest.size()), run);
        return rest;
    }

    private static int compare(List<String> first, List<String> second) {
        for (int i = 0; i < first.size(); i++) {
            int order = first.get(i).compareTo(second.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
