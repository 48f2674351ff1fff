package dev.lora4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Pages of sequences that were read before, found again by what they depend on: the owner and every token up to their end.
 *
 * <p>A page is known by the page before it and its own {@link KvPages#PAGE} tokens, which are compared one by one: no hash
 * stands for a text. Whole pages only, none with a number that is not finite. The least recently used that nobody else
 * holds is given up when the memory's budget is reached. Confined to one thread at a time.
 */
public final class KvPrefixes {
    private final KvPages memory;
    private final Map<KvOwner, Map<Text, Page>> first = new HashMap<>();
    private final Set<Page> byUse =
            new LinkedHashSet<>(); // least recently used first; a page before all pages before it
    private long evicted;

    /**
     * Knows no page yet.
     *
     * @param memory that keeps within so many pages from now on, as far as sequences let it; borrowed
     */
    public KvPrefixes(KvPages memory, int mostPages) {
        this.memory = memory;
        memory.keepWithin(mostPages, this::giveUpOne);
    }

    /** Tokens of a page. */
    private record Text(List<Integer> tokens) {
        static Text of(int[] tokens, int page) {
            return new Text(Arrays.stream(tokens, page * KvPages.PAGE, (page + 1) * KvPages.PAGE)
                    .boxed()
                    .toList());
        }
    }

    /** A page that is kept; equal to itself only. */
    private static final class Page {
        private final int number;
        private final Map<Text, Page> next = new HashMap<>();
        private final Map<Text, Page> among;
        private final Text text;

        Page(int number, Map<Text, Page> among, Text text) {
            this.number = number;
            this.among = among;
            this.text = text;
        }
    }

    /**
     * A cache that begins with the pages that are known of a text; at least its last token is left to be read.
     *
     * @param tokens at least one
     */
    public KvCache begin(KvOwner owner, int[] tokens) {
        List<Page> found = new ArrayList<>();
        Map<Text, Page> next = first.getOrDefault(owner, Map.of());
        for (int i = 0; i < (tokens.length - 1) / KvPages.PAGE; i++) {
            Page page = next.get(Text.of(tokens, i));
            if (page == null) {
                break;
            }
            found.add(page);
            next = page.next;
        }
        touch(found);
        return new KvCache(memory, found.stream().mapToInt(page -> page.number).toArray());
    }

    /** Keeps what a cache holds of a text, in whole pages; of equal pages the one that is here already. */
    public void keep(KvOwner owner, int[] tokens, KvCache cache) {
        List<Page> path = new ArrayList<>();
        Map<Text, Page> next = first.computeIfAbsent(owner, key -> new HashMap<>());
        for (int i = 0; i < Math.min(tokens.length, cache.length()) / KvPages.PAGE; i++) {
            Text text = Text.of(tokens, i);
            Page known = next.get(text);
            Optional<Page> page = known != null ? Optional.of(known) : kept(cache.page(i), next, text);
            if (page.isEmpty()) {
                break;
            }
            path.add(page.get());
            next = page.get().next;
        }
        touch(path);
        first.values().removeIf(Map::isEmpty);
    }

    private Optional<Page> kept(int number, Map<Text, Page> among, Text text) {
        if (!memory.isFinite(number)) {
            return Optional.empty();
        }
        memory.hold(number);
        Page page = new Page(number, among, text);
        among.put(text, page);
        return Optional.of(page);
    }

    /** The last page of a path first, so that none is given up before those that follow it. */
    private void touch(List<Page> path) {
        for (int i = path.size() - 1; i >= 0; i--) {
            byUse.remove(path.get(i));
            byUse.add(path.get(i));
        }
    }

    private boolean giveUpOne() {
        for (Iterator<Page> each = byUse.iterator(); each.hasNext(); ) {
            Page page = each.next();
            if (page.next.isEmpty() && memory.holders(page.number) == 1) {
                each.remove();
                page.among.remove(page.text);
                memory.giveBack(page.number);
                evicted++;
                return true;
            }
        }
        return false;
    }

    /** Pages that are kept. */
    public int pages() {
        return byUse.size();
    }

    /** Pages of these that no sequence holds. */
    public int unused() {
        return (int)
                byUse.stream().filter(page -> memory.holders(page.number) == 1).count();
    }

    /** Pages that were given up to keep within the budget, since it began. */
    public long evicted() {
        return evicted;
    }
}
