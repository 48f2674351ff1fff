package dev.lora4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** An automaton over bytes that is being built, and made deterministic by the construction of subsets. */
final class Nfa {
    /** Most states of one. */
    static final int MAX_STATES = 50_000;

    private final List<List<int[]>> edges = new ArrayList<>(); // low, high, next
    private final List<List<Integer>> free = new ArrayList<>();
    private final Work work;

    /** An empty one; its construction takes steps of that work. */
    Nfa(Work work) {
        this.work = work;
    }

    int state() {
        if (edges.size() == MAX_STATES) {
            throw new GrammarException(
                    "the automaton of a pattern has more than " + MAX_STATES + " states; use smaller repetitions");
        }
        edges.add(new ArrayList<>(1));
        free.add(new ArrayList<>(1));
        return edges.size() - 1;
    }

    /** An edge for the bytes from low to high, both included. */
    void edge(int from, int low, int high, int to) {
        edges.get(from).add(new int[] {low, high, to});
    }

    /** An edge for nothing. */
    void free(int from, int to) {
        free.get(from).add(to);
    }

    /** Adds a text; gives the state after it. */
    int text(int from, String ascii) {
        int state = from;
        for (int i = 0; i < ascii.length(); i++) {
            int next = state();
            edge(state, ascii.charAt(i), ascii.charAt(i), next);
            state = next;
        }
        return state;
    }

    /** The same language, deterministic and without states that lead nowhere. */
    Dfa deterministic(int start, int accept) {
        Map<BitSet, Integer> numbers = new HashMap<>();
        List<BitSet> sets = new ArrayList<>();
        List<List<int[]>> table = new ArrayList<>();
        number(closure(List.of(start)), numbers, sets);
        for (int i = 0; i < sets.size(); i++) {
            table.add(row(sets.get(i), numbers, sets));
        }
        boolean[] accepting = new boolean[sets.size()];
        for (int i = 0; i < accepting.length; i++) {
            accepting[i] = sets.get(i).get(accept);
        }
        return trimmed(table, accepting);
    }

    private List<int[]> row(BitSet set, Map<BitSet, Integer> numbers, List<BitSet> sets) {
        List<int[]> all = new ArrayList<>();
        TreeSet<Integer> cuts = new TreeSet<>();
        for (int state = set.nextSetBit(0); state >= 0; state = set.nextSetBit(state + 1)) {
            for (int[] edge : edges.get(state)) {
                all.add(edge);
                cuts.add(edge[0]);
                cuts.add(edge[1] + 1);
            }
        }
        List<int[]> row = new ArrayList<>();
        for (int low : cuts) {
            Integer next = cuts.higher(low);
            if (next == null) {
                break;
            }
            work.step(all.size());
            List<Integer> targets = new ArrayList<>();
            for (int[] edge : all) {
                if (edge[0] <= low && edge[1] >= low) {
                    targets.add(edge[2]);
                }
            }
            if (!targets.isEmpty()) {
                row.add(new int[] {low, next - 1, number(closure(targets), numbers, sets)});
            }
        }
        return row;
    }

    private int number(BitSet set, Map<BitSet, Integer> numbers, List<BitSet> sets) {
        Integer known = numbers.get(set);
        if (known != null) {
            return known;
        }
        if (sets.size() == Dfa.MAX_STATES) {
            throw new GrammarException(
                    "the automaton of a pattern has more than " + Dfa.MAX_STATES + " states; use a simpler pattern");
        }
        numbers.put(set, sets.size());
        sets.add(set);
        return sets.size() - 1;
    }

    private BitSet closure(List<Integer> states) {
        BitSet set = new BitSet();
        Deque<Integer> open = new ArrayDeque<>(states);
        while (!open.isEmpty()) {
            int state = open.pop();
            if (!set.get(state)) {
                work.step();
                set.set(state);
                open.addAll(free.get(state));
            }
        }
        return set;
    }

    private static Dfa trimmed(List<List<int[]>> table, boolean[] accepting) {
        BitSet live = live(table, accepting);
        if (!live.get(0)) {
            return new Dfa(new int[1][0], new boolean[1]);
        }
        int[] renamed = new int[table.size()];
        int count = 0;
        for (int state = live.nextSetBit(0); state >= 0; state = live.nextSetBit(state + 1)) {
            renamed[state] = count++;
        }
        int[][] rows = new int[count][];
        boolean[] ends = new boolean[count];
        for (int state = live.nextSetBit(0); state >= 0; state = live.nextSetBit(state + 1)) {
            rows[renamed[state]] = table.get(state).stream()
                    .filter(edge -> live.get(edge[2]))
                    .flatMapToInt(edge -> IntStream.of(edge[0], edge[1], renamed[edge[2]]))
                    .toArray();
            ends[renamed[state]] = accepting[state];
        }
        return new Dfa(rows, ends);
    }

    private static BitSet live(List<List<int[]>> table, boolean[] accepting) {
        List<List<Integer>> back = new ArrayList<>();
        Deque<Integer> open = new ArrayDeque<>();
        for (int i = 0; i < table.size(); i++) {
            back.add(new ArrayList<>());
            if (accepting[i]) {
                open.add(i);
            }
        }
        for (int i = 0; i < table.size(); i++) {
            for (int[] edge : table.get(i)) {
                back.get(edge[2]).add(i);
            }
        }
        BitSet live = new BitSet();
        while (!open.isEmpty()) {
            int state = open.pop();
            if (!live.get(state)) {
                live.set(state);
                open.addAll(back.get(state));
            }
        }
        return live;
    }
}
