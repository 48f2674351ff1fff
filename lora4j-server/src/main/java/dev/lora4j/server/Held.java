package dev.lora4j.server;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a request holds until the last of its sequences has left the engine: a model, and places of its key. Closing it twice
 * is closing it once. Safe for any number of threads.
 */
final class Held implements AutoCloseable {
    private final ModelLease lease;
    private final Quota quota;
    private final int sequences;
    private final AtomicBoolean entered = new AtomicBoolean();

    /** Takes the lease. */
    Held(ModelLease lease, Quota quota, int sequences) {
        this.lease = lease;
        this.quota = quota;
        this.sequences = sequences;
    }

    /**
     * Takes the places.
     *
     * @throws ApiError if the key has no more
     */
    void enter() {
        quota.enter(sequences);
        entered.set(true);
    }

    @Override
    public void close() {
        if (entered.getAndSet(false)) {
            quota.leave(sequences);
        }
        lease.close();
    }
}
