package dev.lora4j.server;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterLease;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a request's model stood for when it came; holds that version of the adapter until closed.
 *
 * @param name what the client called it
 * @param lease empty for the base
 * @param released called when it is closed; closing it twice is closing it once
 */
record ModelLease(String name, Optional<AdapterLease> lease, AtomicReference<Runnable> released)
        implements AutoCloseable {

    Optional<Adapter> adapter() {
        return lease.map(AdapterLease::adapter);
    }

    /** The digest of the adapter's content; empty for the base. */
    Optional<String> digest() {
        return lease.map(held -> held.version().digest());
    }

    @Override
    public void close() {
        lease.ifPresent(AdapterLease::close);
        released.getAndSet(() -> {}).run();
    }
}
