package dev.lora4j.model;

import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;

/**
 * Keys and values of one sequence so far, per layer, so that a new token costs one row of work.
 *
 * <p>Confined to one thread at a time. Holds native memory until closed: 2 · layers · capacity · width float32.
 */
public final class KvCache implements AutoCloseable {
    private final Scope scope = Scope.shared();
    private final Tensor[] keys;
    private final Tensor[] values;
    private final int capacity;
    private int length;

    /**
     * Room for a number of tokens.
     *
     * @param width keyValueHeads · headDim
     */
    KvCache(int layers, int capacity, long width, Device device) {
        this.capacity = capacity;
        keys = new Tensor[layers];
        values = new Tensor[layers];
        try (Scope creating = Scope.open()) {
            for (int i = 0; i < layers; i++) {
                keys[i] = scope.keep(Tensor.empty(DType.F32, capacity, width).to(device));
                values[i] = scope.keep(Tensor.empty(DType.F32, capacity, width).to(device));
            }
        } catch (RuntimeException | Error e) {
            scope.close(); // out of memory half-way: what was got goes back
            throw e;
        }
    }

    /** Tokens in the cache. */
    public int length() {
        return length;
    }

    /** Tokens that fit. */
    public int capacity() {
        return capacity;
    }

    /** Forgets the tokens from this position on. */
    public void truncate(int tokens) {
        if (tokens < 0 || tokens > length) {
            throw new IllegalArgumentException("cannot cut a cache of " + length + " tokens to " + tokens);
        }
        length = tokens;
    }

    /** Writes the rows that follow; {@link #advance} makes them part of the sequence after the last layer. */
    void write(int layer, Tensor newKeys, Tensor newValues) {
        long rows = newKeys.size(0);
        if (length + rows > capacity) {
            throw new IllegalStateException("the cache has room for " + capacity + " tokens, " + (length + rows)
                    + " are wanted; make it larger or the texts shorter");
        }
        keys[layer].rows(length, length + rows).copyFrom(newKeys);
        values[layer].rows(length, length + rows).copyFrom(newValues);
    }

    /** Keys of the sequence and of the {@code extra} rows just written, [length + extra, width]. */
    Tensor keys(int layer, long extra) {
        return keys[layer].rows(0, length + extra);
    }

    Tensor values(int layer, long extra) {
        return values[layer].rows(0, length + extra);
    }

    void advance(int tokens) {
        length += tokens;
    }

    @Override
    public void close() {
        scope.close();
    }
}
