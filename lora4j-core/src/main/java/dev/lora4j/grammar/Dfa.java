package dev.lora4j.grammar;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A deterministic automaton over bytes, from each state of which an accepting one can be reached. Immutable. */
final class Dfa {
    /** Most states of one. */
    static final int MAX_STATES = 10_000;

    private final int[][] edges; // of each state: low, high, next, low, high, next …, ascending
    private final boolean[] accepting;
    private final List<Frame.InDfa> frames;

    /**
     * An automaton that begins in state 0.
     *
     * @param edges of each state the triples (lowest byte, highest byte, next state), ascending; taken
     */
    Dfa(int[][] edges, boolean[] accepting) {
        this.edges = edges;
        this.accepting = accepting;
        this.frames = IntStream.range(0, edges.length)
                .mapToObj(state -> new Frame.InDfa(this, state))
                .toList();
    }

    int start() {
        return 0;
    }

    int size() {
        return edges.length;
    }

    /** Whether it accepts nothing at all. */
    boolean isEmpty() {
        return size() == 1 && !accepting[0];
    }

    boolean accepts(int state) {
        return accepting[state];
    }

    /** The state after a byte, or −1. */
    int next(int state, int symbol) {
        int[] own = edges[state];
        int low = 0;
        int high = own.length / 3 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (symbol < own[3 * middle]) {
                high = middle - 1;
            } else if (symbol > own[3 * middle + 1]) {
                low = middle + 1;
            } else {
                return own[3 * middle + 2];
            }
        }
        return -1;
    }

    /** What being in a state means: reading on, being done, or both. */
    void frames(int state, Stack below, Consumer<Stack> out) {
        if (accepting[state]) {
            out.accept(below);
        }
        if (edges[state].length > 0) {
            out.accept(below.push(frames.get(state)));
        }
    }

    /** Whether it accepts a whole text. */
    boolean matches(byte[] text) {
        int state = start();
        for (int i = 0; i < text.length && state >= 0; i++) {
            state = next(state, text[i] & 0xff);
        }
        return state >= 0 && accepts(state);
    }
}
