package dev.lora4j.lora;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The right to use one version of an adapter until it is closed, whatever is published meanwhile.
 *
 * <p>Safe for any number of threads; closing it more than once is closing it once.
 */
public final class AdapterLease implements AutoCloseable {
    private final LeasedAdapter leased;
    private final AtomicBoolean closed = new AtomicBoolean();

    AdapterLease(LeasedAdapter leased) {
        this.leased = leased;
    }

    /** The adapter; not to be used after the lease is closed, and never to be closed by whoever leases it. */
    public Adapter adapter() {
        if (closed.get()) {
            throw new IllegalStateException("the lease of " + leased.version() + " is closed");
        }
        return leased.adapter();
    }

    /** Which version it is. */
    public AdapterVersion version() {
        return leased.version();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            leased.release();
        }
    }
}
