package dev.lora4j.server;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterLease;
import dev.lora4j.model.KvOwner;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What a request's model stood for when it came; holds that version of the adapter until closed.
 *
 * @param name what the client called it
 * @param lease empty for the base
 * @param released called when it is closed; closing it twice is closing it once
 * @param tenant who holds it; what others have asked before must not show in its answers' times
 */
record ModelLease(String name, Optional<AdapterLease> lease, AtomicReference<Runnable> released, String tenant)
        implements AutoCloseable {
    /** Held by nobody in particular. */
    ModelLease(String name, Optional<AdapterLease> lease, AtomicReference<Runnable> released) {
        this(name, lease, released, "");
    }

    /** The same hold, by somebody. */
    ModelLease by(String whom) {
        return new ModelLease(name, lease, released, whom);
    }

    Optional<Adapter> adapter() {
        return lease.map(AdapterLease::adapter);
    }

    /** The digest of the adapter's content; empty for the base. */
    Optional<String> digest() {
        return lease.map(held -> held.version().digest());
    }

    /** Whose pages of keys and values fit it. */
    KvOwner owner() {
        return new KvOwner(digest().orElse(""), tenant);
    }

    @Override
    public void close() {
        lease.ifPresent(AdapterLease::close);
        released.getAndSet(() -> {}).run();
    }
}
