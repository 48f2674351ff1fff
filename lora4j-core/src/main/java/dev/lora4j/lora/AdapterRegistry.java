package dev.lora4j.lora;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Named adapters that can be published, replaced, rolled back and removed while they are in use.
 *
 * <p>A call takes a {@linkplain #lease lease} when it begins and keeps the version it then got to its end; later calls
 * get what is published later. Native memory of a version is freed when it can no longer be leased and its last lease is
 * closed, by whoever closes it.
 *
 * <p>Safe for any number of threads. Leasing never waits; changes of the names are guarded by a lock.
 */
public final class AdapterRegistry implements AutoCloseable {
    private final int earlierVersions;
    private final Map<String, Deque<LeasedAdapter>> histories = new HashMap<>(); // newest first; guarded by lock
    private final Map<String, LeasedAdapter> current = new ConcurrentHashMap<>();
    private final AtomicLong inMemory = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Object lock = new Object();
    private long numbers;
    private boolean closed;

    private AdapterRegistry(int earlierVersions) {
        this.earlierVersions = earlierVersions;
    }

    /** An empty registry that keeps one earlier version of each adapter to roll back to. */
    public static AdapterRegistry create() {
        return keeping(1);
    }

    /** An empty registry that keeps so many earlier versions of each adapter to roll back to. */
    public static AdapterRegistry keeping(int earlierVersions) {
        if (earlierVersions < 0) {
            throw new IllegalArgumentException("earlier versions: " + earlierVersions + "; expected 0 or more");
        }
        return new AdapterRegistry(earlierVersions);
    }

    /**
     * Makes an adapter what a name stands for from now on.
     *
     * @param adapter taken: the registry closes it, and nobody trains it any more
     * @return the new version
     */
    public AdapterVersion publish(String name, Adapter adapter) {
        return publish(name, adapter, adapter.digest());
    }

    /**
     * The same where the digest is known, which reads the whole adapter.
     *
     * @param digest the adapter's
     */
    public AdapterVersion publish(String name, Adapter adapter, String digest) {
        long size = adapter.bytes();
        List<LeasedAdapter> retired = new ArrayList<>();
        LeasedAdapter published;
        synchronized (lock) {
            requireOpen();
            inMemory.incrementAndGet();
            bytes.addAndGet(size);
            published = new LeasedAdapter(new AdapterVersion(name, ++numbers, digest), adapter, () -> {
                inMemory.decrementAndGet();
                bytes.addAndGet(-size);
            });
            Deque<LeasedAdapter> history = histories.computeIfAbsent(name, key -> new ArrayDeque<>());
            history.addFirst(published);
            current.put(name, published);
            while (history.size() > 1 + earlierVersions) {
                retired.add(history.removeLast());
            }
        }
        retired.forEach(LeasedAdapter::release);
        return published.version();
    }

    /**
     * Makes the version before the present one what a name stands for, and drops the present one.
     *
     * @return the version that holds now
     * @throws AdapterException if there is no earlier version; nothing changes
     */
    public AdapterVersion rollback(String name) {
        LeasedAdapter dropped;
        LeasedAdapter restored;
        synchronized (lock) {
            Deque<LeasedAdapter> history = history(name);
            if (history.size() < 2) {
                throw new AdapterException("adapter " + name + " has no earlier version to roll back to");
            }
            dropped = history.removeFirst();
            restored = history.getFirst();
            current.put(name, restored);
        }
        dropped.release();
        return restored.version();
    }

    /**
     * Keeps no version of a name to roll back to.
     *
     * @return whether there was one
     */
    public boolean forgetEarlier(String name) {
        List<LeasedAdapter> retired = new ArrayList<>();
        synchronized (lock) {
            Deque<LeasedAdapter> history = histories.getOrDefault(name, new ArrayDeque<>());
            while (history.size() > 1) {
                retired.add(history.removeLast());
            }
        }
        retired.forEach(LeasedAdapter::release);
        return !retired.isEmpty();
    }

    /**
     * Removes a name with all its versions; leases go on.
     *
     * @throws AdapterException if there is no such name
     */
    public void remove(String name) {
        Deque<LeasedAdapter> history;
        synchronized (lock) {
            history = history(name);
            histories.remove(name);
            current.remove(name);
        }
        history.forEach(LeasedAdapter::release);
    }

    private Deque<LeasedAdapter> history(String name) {
        return Optional.ofNullable(histories.get(name)).orElseThrow(() -> unknown(name));
    }

    private AdapterException unknown(String name) {
        return new AdapterException(
                "there is no adapter " + name + (current.isEmpty() ? "" : NearestNames.hint(name, current.keySet())));
    }

    /**
     * The version that a name stands for now, held until the lease is closed.
     *
     * @throws AdapterException if there is no such name
     */
    public AdapterLease lease(String name) {
        while (true) {
            LeasedAdapter now = current.get(name);
            if (now == null) {
                throw unknown(name);
            }
            if (now.hold()) {
                return new AdapterLease(now);
            }
            // replaced and freed between the two lines: what replaced it is there already
        }
    }

    /** What the names stand for now, in no order. */
    public List<AdapterVersion> versions() {
        return current.values().stream().map(LeasedAdapter::version).toList();
    }

    /** Versions in native memory: published, kept to roll back to, or still leased. */
    public long versionsInMemory() {
        return inMemory.get();
    }

    /** Bytes of native memory that those take. */
    public long bytesInMemory() {
        return bytes.get();
    }

    /** The version that a name stands for now, if it stands for one. */
    public Optional<AdapterVersion> version(String name) {
        return Optional.ofNullable(current.get(name)).map(LeasedAdapter::version);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the registry is closed");
        }
    }

    /** Removes every name; what is leased is freed when its last lease is closed. */
    @Override
    public void close() {
        List<LeasedAdapter> all = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            histories.values().forEach(all::addAll);
            histories.clear();
            current.clear();
        }
        all.forEach(LeasedAdapter::release);
    }
}
