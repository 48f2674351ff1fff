package dev.lora4j.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Which tokens of a vocabulary keep to a grammar, found once for each place in a grammar and remembered.
 *
 * <p>Thread-safe. Belongs to a tokenizer and serves all grammars.
 */
public final class TokenMasks {
    /** Memory for what is remembered, about, in bytes; each kind has half. */
    static final long CACHE_BYTES = 64L << 20;

    /** Most frames whose walks are remembered; the ways out of each take about as much again as its mask. */
    static final int MAX_WALKS = 512;

    private final TokenTrie trie;
    private final Cache<Frame, FrameWalk> walks;
    private final Cache<Stacks, BitSet> masks;
    private final boolean stripsFirstSpace;

    private TokenMasks(TokenTrie trie, boolean stripsFirstSpace) {
        int entries = (int) Math.max(64, Math.min(4_096, CACHE_BYTES / 2 / (trie.vocabulary() / 8 + 1)));
        this.trie = trie;
        this.stripsFirstSpace = stripsFirstSpace;
        this.walks = new Cache<>(Math.min(entries, MAX_WALKS));
        this.masks = new Cache<>(entries);
    }

    /**
     * The masks of a vocabulary.
     *
     * @param size tokens have the ids below it
     * @param text the bytes of a token's text in the middle of a text; empty for one that has none
     * @param special whether a token is no text but may be named by a grammar
     * @param stripsFirstSpace whether decoding leaves out one space at the very beginning
     */
    public static TokenMasks of(
            int size, IntFunction<byte[]> text, IntFunction<Boolean> special, boolean stripsFirstSpace) {
        int[][] spellings = new int[size][];
        for (int token = 0; token < size; token++) {
            spellings[token] =
                    special.apply(token) ? new int[] {TokenTrie.special(token)} : TokenTrie.symbols(text.apply(token));
        }
        return new TokenMasks(TokenTrie.of(spellings), stripsFirstSpace);
    }

    boolean stripsFirstSpace() {
        return stripsFirstSpace;
    }

    int[] spelling(int token) {
        return trie.spelling(token);
    }

    /** The tokens after which a text can still be completed; not to be changed. */
    BitSet allowed(Stacks place) {
        BitSet known = masks.get(place);
        if (known != null) {
            return known;
        }
        Work work = Work.ofToken();
        BitSet allowed = new BitSet();
        for (Stack way : place.ways()) {
            if (!way.isEmpty()) {
                FrameWalk walk = walk(way.top().forTokens(trie.longest()), work);
                allowed.or(walk.allowed());
                Map<List<Frame>, Stacks> after = new HashMap<>();
                for (FrameWalk.Exit exit : walk.exits()) {
                    Stacks rest = after.computeIfAbsent(
                            exit.frames(),
                            frames -> Stacks.closed(List.of(way.below().pushAll(frames)), work));
                    below(exit.node(), rest, allowed, work);
                }
            }
        }
        masks.put(place, allowed);
        return allowed;
    }

    private FrameWalk walk(Frame frame, Work work) {
        FrameWalk walk = walks.get(frame);
        if (walk == null) {
            walk = FrameWalk.of(frame, trie, work);
            walks.put(frame, walk);
        }
        return walk;
    }

    /** Adds the tokens below a node that keep to the rest of the grammar. */
    private void below(int node, Stacks rest, BitSet allowed, Work work) {
        int top = trie.depth(node) + 1;
        List<Stacks> on = new ArrayList<>();
        on.add(rest);
        for (int each = node + 1; each < trie.end(node); ) {
            int depth = trie.depth(each) - top;
            while (on.size() > depth + 1) {
                on.remove(on.size() - 1);
            }
            Stacks next = on.get(depth).read(trie.symbol(each), work);
            work.step();
            if (next.isDead()) {
                each = trie.end(each);
            } else {
                trie.addTokens(each, allowed);
                on.add(next);
                each++;
            }
        }
    }
}
