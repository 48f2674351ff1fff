package dev.lora4j.server;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterLease;
import dev.lora4j.lora.AdapterRegistry;
import dev.lora4j.lora.AdapterVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The adapters that names stand for: in memory while they are used or there is room, else in their folders.
 *
 * <p>One that is not in memory is read by the first request that asks for it, on that request's thread; others that want
 * it wait for that one read, all other requests go on. Where the memory is full, earlier versions go first, then the least
 * recently used that no request holds and whose folder still has what was read from it. Safe for any number of threads;
 * guarded by its own lock, under which nothing is read but the times of files.
 */
final class AdapterShelf {
    /** How long a request waits for others to leave memory to its adapter. */
    static final Duration MEMORY_WAIT = Duration.ofSeconds(10);

    private final AdapterRegistry registry;
    private final AdapterSource source;
    private final long mostBytes;
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, Integer> leases = new HashMap<>(); // by name, of all versions
    private final Map<String, Long> lastUse = new HashMap<>();
    private final Object lock = new Object();
    private long reserved; // bytes of what is being read
    private long uses;
    private ShelfFigures figures = ShelfFigures.NONE;

    /** Borrows the registry. */
    AdapterShelf(AdapterRegistry registry, AdapterSource source, long mostBytes) {
        this.registry = registry;
        this.source = source;
        this.mostBytes = mostBytes;
    }

    /**
     * What a name stands for.
     *
     * @param stamp of the folder when it was read
     * @param digest of the content; empty if it was never read
     * @param created second in which this content came
     */
    record Known(String name, Path folder, FolderStamp stamp, Optional<String> digest, long created) {}

    /** A name's own lock for reading, and why the last read failed. */
    private static final class Place {
        private final Object reading = new Object();
        private final Known known;
        private FolderStamp failedStamp = FolderStamp.NONE;
        private String failure = "";

        Place(Known known) {
            this.known = known;
        }
    }

    /**
     * Reads a folder's adapter and makes it what a name stands for; the same content changes nothing.
     *
     * @throws Lora4jException if it does not fit the model or the memory; nothing changes
     */
    AdapterVersion put(String name, Path folder) {
        FolderStamp stamp = FolderStamp.of(folder);
        long bytes = source.bytes(folder);
        reserve(bytes);
        try {
            Adapter adapter = read(folder, stamp);
            String digest = adapter.digest();
            synchronized (lock) {
                Optional<AdapterVersion> present = registry.version(name);
                boolean same = known(name)
                        .filter(known -> known.digest().equals(Optional.of(digest)))
                        .isPresent();
                long created = same ? known(name).orElseThrow().created() : now();
                places.put(name, new Place(new Known(name, folder, stamp, Optional.of(digest), created)));
                touch(name);
                if (same && present.isPresent()) {
                    adapter.close();
                    return present.get();
                }
                return publish(name, adapter, digest);
            }
        } finally {
            free(bytes);
        }
    }

    /**
     * Makes a folder what a name stands for: reads it now if there is room, else when it is first asked for.
     *
     * @throws Lora4jException if it is read and does not fit, or could never be in memory
     */
    void offer(String name, Path folder) {
        long bytes = source.bytes(folder);
        requireFit(bytes);
        synchronized (lock) {
            if (registry.bytesInMemory() + reserved + bytes > mostBytes) {
                places.put(name, new Place(new Known(name, folder, FolderStamp.of(folder), Optional.empty(), now())));
                return;
            }
        }
        put(name, folder);
    }

    private Adapter read(Path folder, FolderStamp stamp) {
        long began = System.nanoTime();
        Adapter adapter = source.read(folder);
        if (!FolderStamp.of(folder).equals(stamp)) {
            adapter.close();
            throw new AdapterException(folder + ": it was written to while it was read; try again when it is complete");
        }
        synchronized (lock) {
            figures = figures.read(Duration.ofNanos(System.nanoTime() - began));
        }
        return adapter;
    }

    private AdapterVersion publish(String name, Adapter adapter, String digest) {
        try {
            return registry.publish(name, adapter, digest);
        } catch (RuntimeException e) {
            adapter.close(); // the server is closed meanwhile
            throw e;
        }
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private Optional<Known> known(String name) {
        return Optional.ofNullable(places.get(name)).map(place -> place.known);
    }

    /**
     * Makes the version before the present one what a name stands for.
     *
     * @throws AdapterException if none is in memory; nothing changes
     */
    AdapterVersion rollback(String name) {
        synchronized (lock) {
            if (registry.version(name).isEmpty()) {
                throw new AdapterException("adapter " + name + " is not in memory, nor is an earlier version of it");
            }
            AdapterVersion version = registry.rollback(name);
            Path folder = known(name).orElseThrow().folder();
            places.put(
                    name, new Place(new Known(name, folder, FolderStamp.NONE, Optional.of(version.digest()), now())));
            return version;
        }
    }

    /**
     * Takes a name away; requests that run keep the adapter.
     *
     * @throws AdapterException if there is no such name
     */
    void remove(String name) {
        synchronized (lock) {
            if (places.remove(name) == null) {
                throw new AdapterException("there is no adapter " + name);
            }
            lastUse.remove(name);
            if (registry.version(name).isPresent()) {
                registry.remove(name);
            }
            lock.notifyAll();
        }
    }

    /**
     * The version that a name stands for, read if it is not in memory; to be {@linkplain #released released} after the
     * lease is closed.
     *
     * @return empty if it stands for nothing
     * @throws ApiError if it cannot be read, or there is no memory for it
     */
    Optional<AdapterLease> lease(String name) {
        while (true) {
            Place place;
            synchronized (lock) {
                place = places.get(name);
                if (place == null) {
                    return Optional.empty();
                }
                if (registry.version(name).isPresent()) {
                    figures = figures.hit();
                    return Optional.of(held(name));
                }
            }
            Optional<AdapterLease> lease = brought(place);
            if (lease.isPresent()) {
                return lease;
            }
        }
    }

    private AdapterLease held(String name) {
        AdapterLease lease = registry.lease(name);
        leases.merge(name, 1, Integer::sum);
        touch(name);
        return lease;
    }

    private void touch(String name) {
        lastUse.put(name, ++uses);
    }

    /** Reads it into memory; empty if somebody else has, or it is not what the name stands for any more. */
    private Optional<AdapterLease> brought(Place place) {
        String name = place.known.name();
        synchronized (place.reading) {
            synchronized (lock) {
                if (places.get(name) != place || registry.version(name).isPresent()) {
                    return Optional.empty();
                }
            }
            Path folder = place.known.folder();
            FolderStamp stamp = FolderStamp.of(folder);
            if (!place.failure.isEmpty() && stamp.equals(place.failedStamp)) {
                throw ApiError.internal(place.failure); // nothing has changed since
            }
            try {
                return brought(place, folder, stamp);
            } catch (ApiError e) {
                throw e;
            } catch (RuntimeException e) {
                String reason = String.valueOf(e.getMessage()).replace(folder.toString(), name);
                place.failure = "The model `" + name + "` cannot be read into memory: " + reason;
                place.failedStamp = stamp;
                throw ApiError.internal(place.failure);
            }
        }
    }

    private Optional<AdapterLease> brought(Place place, Path folder, FolderStamp stamp) {
        String name = place.known.name();
        long bytes = source.bytes(folder);
        reserve(bytes);
        try {
            Adapter adapter = read(folder, stamp);
            String digest = adapter.digest();
            synchronized (lock) {
                if (places.get(name) != place) {
                    adapter.close();
                    return Optional.empty();
                }
                if (!place.known.digest().orElse(digest).equals(digest)) {
                    adapter.close();
                    throw new AdapterException("its folder has other weights than the name was given; load it anew");
                }
                places.put(name, new Place(new Known(name, folder, stamp, Optional.of(digest), place.known.created())));
                publish(name, adapter, digest);
                figures = figures.miss();
                return Optional.of(held(name));
            }
        } finally {
            free(bytes);
        }
    }

    private void requireFit(long bytes) {
        if (bytes > mostBytes) {
            throw new AdapterException("the adapter needs " + bytes + " bytes of memory, this server has " + mostBytes
                    + " for adapters (--adapter-memory)");
        }
    }

    /** Makes room for what is to be read, or waits for others to leave it. */
    private void reserve(long bytes) {
        requireFit(bytes);
        long end = System.nanoTime() + MEMORY_WAIT.toNanos();
        synchronized (lock) {
            try {
                while (registry.bytesInMemory() + reserved + bytes > mostBytes) {
                    if (!evictOne()) {
                        lock.wait(millisUntil(end));
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ApiError.shuttingDown(Duration.ofSeconds(1));
            }
            reserved += bytes;
        }
    }

    private static long millisUntil(long end) {
        long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (left <= 0) {
            throw ApiError.adapterMemoryFull(Duration.ofSeconds(1));
        }
        return left;
    }

    private void free(long bytes) {
        synchronized (lock) {
            reserved -= bytes;
            lock.notifyAll();
        }
    }

    private boolean evictOne() {
        List<String> oldestFirst = registry.versions().stream()
                .map(AdapterVersion::name)
                .sorted(Comparator.comparing(name -> lastUse.getOrDefault(name, 0L)))
                .toList();
        for (String name : oldestFirst) {
            if (registry.forgetEarlier(name)) {
                return true;
            }
        }
        for (String name : oldestFirst) {
            if (leases(name) == 0
                    && known(name).filter(AdapterShelf::canComeBack).isPresent()) {
                registry.remove(name);
                figures = figures.evicted();
                return true;
            }
        }
        return false;
    }

    private static boolean canComeBack(Known known) {
        return !known.stamp().equals(FolderStamp.NONE)
                && FolderStamp.of(known.folder()).equals(known.stamp());
    }

    /** A lease of a name is closed. */
    void released(String name) {
        synchronized (lock) {
            leases.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
            lock.notifyAll();
        }
    }

    /** Requests that hold an adapter of this name, whatever version. */
    int leases(String name) {
        synchronized (lock) {
            return leases.getOrDefault(name, 0);
        }
    }

    /** What the names stand for. */
    List<Known> known() {
        synchronized (lock) {
            return places.values().stream().map(place -> place.known).toList();
        }
    }

    boolean has(String name) {
        synchronized (lock) {
            return places.containsKey(name);
        }
    }

    /** Number of names. */
    int size() {
        synchronized (lock) {
            return places.size();
        }
    }

    /** What has happened since the start. */
    ShelfFigures figures() {
        synchronized (lock) {
            return figures;
        }
    }
}
