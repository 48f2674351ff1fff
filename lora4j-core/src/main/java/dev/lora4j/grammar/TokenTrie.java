package dev.lora4j.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * The tokens of a vocabulary by their symbols, as a tree laid flat: a node stands before its children.
 *
 * <p>Symbols are the bytes of a token's text; a special token, which has none, is one symbol of its own. Immutable.
 */
final class TokenTrie {
    private static final int SPECIAL = 256;

    private final int[] symbols;
    private final int[] depths;
    private final int[] ends; // of each node, the first that is not below it
    private final int[] tokens; // of each node, a token that ends there, or −1
    private final int[] alike; // of each token, another with the same symbols, or −1
    private final int[][] spellings;
    private final int longest;

    private TokenTrie(Builder built, int[] alike, int[][] spellings) {
        this.symbols = ints(built.symbols);
        this.depths = ints(built.depths);
        this.tokens = ints(built.tokens);
        this.ends = ints(built.ends);
        this.alike = alike;
        this.spellings = spellings;
        this.longest = Arrays.stream(depths).max().orElse(0) + 1;
    }

    private static int[] ints(List<Integer> values) {
        return values.stream().mapToInt(Integer::intValue).toArray();
    }

    /** The symbol of a special token. */
    static int special(int token) {
        return SPECIAL + token;
    }

    /** A token's symbols; none if it has no text and is not special. */
    static int[] symbols(byte[] text) {
        int[] symbols = new int[text.length];
        Arrays.setAll(symbols, i -> text[i] & 0xff);
        return symbols;
    }

    /**
     * Builds the tree.
     *
     * @param spellings the symbols of each token; taken
     */
    static TokenTrie of(int[][] spellings) {
        List<Integer> order = new ArrayList<>();
        for (int token = 0; token < spellings.length; token++) {
            if (spellings[token].length > 0) {
                order.add(token);
            }
        }
        order.sort(Comparator.<Integer, int[]>comparing(token -> spellings[token], Arrays::compare));
        int[] alike = new int[spellings.length];
        Arrays.fill(alike, -1);
        Builder builder = new Builder();
        int[] before = {};
        for (int token : order) {
            int[] own = spellings[token];
            int shared = Arrays.mismatch(before, own);
            if (shared < 0) {
                alike[token] = builder.replaceLast(token);
            } else {
                builder.add(own, shared, token);
            }
            before = own;
        }
        builder.close(0);
        return new TokenTrie(builder, alike, spellings);
    }

    /** What is laid down so far. */
    private static final class Builder {
        final List<Integer> symbols = new ArrayList<>();
        final List<Integer> depths = new ArrayList<>();
        final List<Integer> tokens = new ArrayList<>();
        final List<Integer> ends = new ArrayList<>();
        final List<Integer> way = new ArrayList<>(); // the nodes from the root to the last one

        void add(int[] own, int shared, int token) {
            close(shared);
            for (int i = shared; i < own.length; i++) {
                way.add(symbols.size());
                symbols.add(own[i]);
                depths.add(i);
                tokens.add(i + 1 == own.length ? token : -1);
                ends.add(0);
            }
        }

        int replaceLast(int token) {
            return tokens.set(tokens.size() - 1, token);
        }

        void close(int depth) {
            while (way.size() > depth) {
                ends.set(way.remove(way.size() - 1), symbols.size());
            }
        }
    }

    /** Number of nodes. */
    int size() {
        return symbols.length;
    }

    /** Symbols of the longest token. */
    int longest() {
        return longest;
    }

    int vocabulary() {
        return spellings.length;
    }

    int symbol(int node) {
        return symbols[node];
    }

    /** 0 for the first symbol of a token. */
    int depth(int node) {
        return depths[node];
    }

    /** The first node that is not below it. */
    int end(int node) {
        return ends[node];
    }

    /** Adds the tokens that end at a node. */
    void addTokens(int node, BitSet to) {
        for (int token = tokens[node]; token >= 0; token = alike[token]) {
            to.set(token);
        }
    }

    /** The symbols of a token; none if it has no text and is not special. */
    int[] spelling(int token) {
        return token < spellings.length ? spellings[token] : new int[0];
    }
}
