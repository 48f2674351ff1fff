package dev.lora4j.grammar;

import java.util.ArrayList;
import java.util.List;

/** What a regular expression means, as a tree. */
sealed interface Regex {
    /**
     * One character of these ranges.
     *
     * @param ranges each with its first and its last
     */
    record Chars(List<int[]> ranges) implements Regex {
        static Chars of(int... bounds) {
            List<int[]> ranges = new ArrayList<>();
            for (int i = 0; i < bounds.length; i += 2) {
                ranges.add(new int[] {bounds[i], bounds[i + 1]});
            }
            return new Chars(ranges);
        }

        /** All other characters. */
        Chars inverted() {
            List<int[]> sorted = new ArrayList<>(ranges);
            sorted.sort((a, b) -> Integer.compare(a[0], b[0]));
            List<int[]> others = new ArrayList<>();
            int next = 0;
            for (int[] range : sorted) {
                if (range[0] > next) {
                    others.add(new int[] {next, range[0] - 1});
                }
                next = Math.max(next, range[1] + 1);
            }
            if (next <= Character.MAX_CODE_POINT) {
                others.add(new int[] {next, Character.MAX_CODE_POINT});
            }
            return new Chars(others);
        }
    }

    /** One after the other. */
    record Chain(List<Regex> parts) implements Regex {}

    /** Any one of them. */
    record Either(List<Regex> options) implements Regex {}

    /**
     * Several times.
     *
     * @param max −1 for any number
     */
    record Repeat(Regex part, int min, int max) implements Regex {}

    /** How a character becomes bytes. */
    @FunctionalInterface
    interface Encoding {
        void add(Nfa nfa, int from, int to, int low, int high);
    }

    /** Adds what it means to an automaton; gives the state after it. */
    default int build(Nfa nfa, int from, Encoding encoding) {
        if (this instanceof Chars chars) {
            int to = nfa.state();
            chars.ranges().forEach(range -> encoding.add(nfa, from, to, range[0], range[1]));
            return to;
        }
        if (this instanceof Chain chain) {
            int state = from;
            for (Regex part : chain.parts()) {
                state = part.build(nfa, state, encoding);
            }
            return state;
        }
        if (this instanceof Either either) {
            int to = nfa.state();
            either.options().forEach(option -> nfa.free(option.build(nfa, from, encoding), to));
            return to;
        }
        return repeat((Repeat) this, nfa, from, encoding);
    }

    private static int repeat(Repeat repeat, Nfa nfa, int from, Encoding encoding) {
        int state = from;
        for (int i = 0; i < repeat.min(); i++) {
            state = repeat.part().build(nfa, state, encoding);
        }
        if (repeat.max() < 0) {
            int loop = nfa.state();
            nfa.free(state, loop);
            nfa.free(repeat.part().build(nfa, loop, encoding), loop);
            int after = nfa.state();
            nfa.free(loop, after);
            return after;
        }
        int after = nfa.state();
        nfa.free(state, after);
        for (int i = repeat.min(); i < repeat.max(); i++) {
            int begin = nfa.state(); // no way back into what comes before
            nfa.free(state, begin);
            state = repeat.part().build(nfa, begin, encoding);
            nfa.free(state, after);
        }
        return after;
    }

    /** The texts that match as a whole. */
    default Dfa plain(Work work) {
        Nfa nfa = new Nfa(work);
        int start = nfa.state();
        return nfa.deterministic(start, build(nfa, start, CodePoints::add));
    }

    /** The rest of a string whose content matches as a whole, with the quote that ends it. */
    default Dfa inString(Work work) {
        Nfa nfa = new Nfa(work);
        int start = nfa.state();
        int last = build(nfa, start, Spelling::add);
        int end = nfa.state();
        nfa.edge(last, '"', '"', end);
        return nfa.deterministic(start, end);
    }
}
