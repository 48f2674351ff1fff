package dev.lora4j.model;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.BitSet;

/**
 * Memory for the keys and values of many sequences, in pages that a sequence takes as it grows and gives back when it
 * ends (arXiv 2309.06180), so that a new token costs one row of work and no room is held for tokens that may never come.
 *
 * <p>Confined to one thread at a time. Holds native memory until closed: 2 · layers · {@link #PAGE} · width float32 for
 * each page that was ever in use at once, rounded up to a power of two.
 */
public final class KvPages implements AutoCloseable {
    /** Tokens in a page. */
    static final int PAGE = 16;

    private static final int FIRST_PAGES = 16;

    private final Tensor[] keys;
    private final Tensor[] values;
    private final long width;
    private final Device device;
    private final BitSet taken = new BitSet();
    private Scope storage = Scope.shared();
    private int pages;

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

    /** Number of pages that caches hold. */
    public int taken() {
        return taken.cardinality();
    }

    Device device() {
        return device;
    }

    /** Number of a page that nobody else has. */
    int take() {
        int page = taken.nextClearBit(0);
        if (page == pages) {
            grow(Math.max(FIRST_PAGES, Math.multiplyExact(2, pages)));
        }
        taken.set(page);
        return page;
    }

    void giveBack(int page) {
        taken.clear(page);
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
