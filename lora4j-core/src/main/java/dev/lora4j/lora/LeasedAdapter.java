package dev.lora4j.lora;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One version with the number of those who hold it: the registry, while it can be leased, and every lease.
 *
 * <p>The last one to let go frees it. The count never leaves zero again, so an adapter is freed once and never while
 * someone holds it. Each operation is one atomic step.
 */
final class LeasedAdapter {
    private final AdapterVersion version;
    private final Adapter adapter;
    private final Runnable freed;
    private final AtomicLong holders = new AtomicLong(1);

    /**
     * Held once, by whoever makes it.
     *
     * @param freed called after the adapter is
     */
    LeasedAdapter(AdapterVersion version, Adapter adapter, Runnable freed) {
        this.version = version;
        this.adapter = adapter;
        this.freed = freed;
    }

    AdapterVersion version() {
        return version;
    }

    Adapter adapter() {
        return adapter;
    }

    /** Holds it once more; false if it is freed already. */
    boolean hold() {
        return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Lets go of one hold. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            adapter.close();
            freed.run();
        }
    }
}
