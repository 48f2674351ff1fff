package dev.lora4j.model;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.BooleanSupplier;

/**
 * Memory for the keys and values of many sequences, in pages that a sequence takes as it grows and gives back when it
 * ends (arXiv 2309.06180), so that a new token costs one row of work and no room is held for tokens that may never come.
 *
 * <p>A page may have several holders, which only read it. Confined to one thread at a time. Holds native memory until
 * closed: 2 · layers · {@link #PAGE} · width float32 for each page that was ever in use at once, rounded up to a power of
 * two.
 */
public final class KvPages implements AutoCloseable {
    /** Tokens in a page. */
    public static final int PAGE = 16;

    private static final int FIRST_PAGES = 16;

    private final Tensor[] keys;
    private final Tensor[] values;
    private final long width;
    private final Device device;
    private final BitSet taken = new BitSet();
    private int[] holders = new int[0]; // by page
    private Scope storage = Scope.shared();
    private int pages;
    private int budget = Integer.MAX_VALUE;
    private BooleanSupplier relief = () -> false;

    /**
     * No pages yet.
     *
     * @param width keyValueHeads · headDim
     */
    KvPages(int layers, long width, Device device) {
        keys = new Tensor[layers];
        values = new Tensor[layers];
        this.width = width;
        this.device = device;
    }

    /** An empty cache for one sequence. */
    public KvCache newCache() {
        return new KvCache(this);
    }

    /** Number of pages that somebody holds. */
    public int taken() {
        return taken.cardinality();
    }

    Device device() {
        return device;
    }

    /**
     * What to do before more pages than these are taken; more are taken all the same if it does not help.
     *
     * @param gives tries to give a page back; false if it has none to give
     */
    void keepWithin(int mostPages, BooleanSupplier gives) {
        budget = mostPages;
        relief = gives;
    }

    /** Number of a page that nobody else has. */
    int take() {
        while (taken() >= budget && relief.getAsBoolean()) {
            // one page less
        }
        int page = taken.nextClearBit(0);
        if (page == pages) {
            grow(Math.max(FIRST_PAGES, Math.multiplyExact(2, pages)));
        }
        taken.set(page);
        holders[page] = 1;
        return page;
    }

    /** One more holder of a page that has one. */
    void hold(int page) {
        holders[page]++;
    }

    /** How many hold a page. */
    int holders(int page) {
        return holders[page];
    }

    void giveBack(int page) {
        if (--holders[page] == 0) {
            taken.clear(page);
        }
    }

    /** Copies the rows of a page into another. */
    void copy(int from, int to) {
        try (Scope views = Scope.open()) {
            for (Tensor[] memory : new Tensor[][] {keys, values}) {
                for (Tensor rows : memory) {
                    page(rows, to).copyFrom(page(rows, from));
                }
            }
        }
    }

    /** True if no key and no value of a page is NaN or infinite. */
    boolean isFinite(int page) {
        try (Scope views = Scope.open()) {
            for (int i = 0; i < keys.length; i++) {
                if (!page(keys[i], page).isFinite() || !page(values[i], page).isFinite()) {
                    return false;
                }
            }
            return true;
        }
    }

    /** A view, of the thread's scope. */
    private static Tensor page(Tensor rows, int page) {
        return rows.rows((long) page * PAGE, (page + 1L) * PAGE);
    }

    private void grow(int wanted) {
        Scope larger = Scope.shared();
        Tensor[] newKeys = new Tensor[keys.length];
        Tensor[] newValues = new Tensor[keys.length];
        try (Scope creating = Scope.open()) {
            for (int i = 0; i < keys.length; i++) {
                newKeys[i] = larger.keep(enlarged(keys[i], wanted));
                newValues[i] = larger.keep(enlarged(values[i], wanted));
            }
        } catch (RuntimeException | Error e) {
            larger.close(); // out of memory half-way: what was got goes back, what was there stays
            throw e;
        }
        System.arraycopy(newKeys, 0, keys, 0, keys.length);
        System.arraycopy(newValues, 0, values, 0, keys.length);
        storage.close();
        storage = larger;
        holders = Arrays.copyOf(holders, wanted);
        pages = wanted;
    }

    private Tensor enlarged(Tensor old, int wanted) {
        Tensor larger = Tensor.empty(DType.F32, (long) wanted * PAGE, width).to(device);
        if (pages > 0) {
            larger.rows(0, (long) pages * PAGE).copyFrom(old);
        }
        return larger;
    }

    /** [slots, width] of a layer. */
    Tensor keys(int layer) {
        return keys[layer];
    }

    Tensor values(int layer) {
        return values[layer];
    }

    @Override
    public void close() {
        storage.close();
    }
}
