package dev.lora4j.model;

import java.util.Arrays;

/**
 * The pages that hold keys and values of one sequence so far.
 *
 * <p>Confined to one thread at a time. Gives its pages back when closed.
 */
public final class KvCache implements AutoCloseable {
    private final KvPages memory;
    private int[] pages = new int[4];
    private int held;
    private int length;

    KvCache(KvPages memory) {
        this.memory = memory;
    }

    /** Begins with whole pages of others, which it only reads. */
    KvCache(KvPages memory, int[] shared) {
        this.memory = memory;
        this.pages = Arrays.copyOf(shared, Math.max(4, shared.length));
        this.held = shared.length;
        this.length = shared.length * KvPages.PAGE;
        Arrays.stream(shared).forEach(memory::hold);
    }

    /** Tokens in the cache. */
    public int length() {
        return length;
    }

    /** Forgets the tokens from this position on. */
    public void truncate(int tokens) {
        if (tokens < 0 || tokens > length) {
            throw new IllegalArgumentException("cannot cut a cache of " + length + " tokens to " + tokens);
        }
        hold(pagesFor(tokens));
        length = tokens;
        if (tokens % KvPages.PAGE != 0 && memory.holders(pages[held - 1]) > 1) {
            int own = memory.take();
            memory.copy(pages[held - 1], own);
            memory.giveBack(pages[held - 1]);
            pages[held - 1] = own; // the next token is written into it
        }
    }

    /** Another cache of the same tokens: whole pages are shared, one that has been begun is copied, so that both may go on. */
    public KvCache fork() {
        KvCache other = new KvCache(memory, Arrays.copyOf(pages, pagesFor(length)));
        other.truncate(length);
        return other;
    }

    KvPages memory() {
        return memory;
    }

    /** Number of the page that holds the i-th so many tokens. */
    int page(int index) {
        return pages[index];
    }

    /** Takes pages for so many more tokens; {@link #advance} makes them part of the sequence. */
    void reserve(int tokens) {
        hold(pagesFor(Math.addExact(length, tokens)));
    }

    private static int pagesFor(int tokens) {
        return Math.addExact(tokens, KvPages.PAGE - 1) / KvPages.PAGE;
    }

    private void hold(int wanted) {
        if (wanted > pages.length) {
            pages = Arrays.copyOf(pages, Math.max(wanted, 2 * pages.length));
        }
        while (held < wanted) {
            pages[held] = memory.take();
            held++; // after the page is there: taking one may fail
        }
        while (held > wanted) {
            memory.giveBack(pages[--held]);
        }
    }

    /** Row of a token in the memory of each layer. */
    long slot(int token) {
        return (long) pages[token / KvPages.PAGE] * KvPages.PAGE + token % KvPages.PAGE;
    }

    void advance(int tokens) {
        length += tokens;
    }

    @Override
    public void close() {
        length = 0;
        hold(0);
    }
}
