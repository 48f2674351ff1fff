package dev.lora4j.server;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.AdapterVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves what a folder of adapters holds, by looking at it again and again.
 *
 * <p>A folder that changes is read once two looks in a row found it the same, so that none is read half-written. One that
 * does not fit is told to the log once, and its name keeps what it stood for; one that two looks did not find is taken
 * away. Confined to its own thread once started.
 */
final class AdapterWatch implements AutoCloseable {
    /** Time between two looks. */
    static final Duration INTERVAL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(AdapterWatch.class);

    private final AdapterRoot root;
    private final AdapterLoader loader;
    private final Map<String, FolderStamp> settled = new HashMap<>(); // served, or refused
    private final Set<String> own = new HashSet<>(); // names that it has published
    private Map<String, FolderStamp> lastLook = new HashMap<>();
    private Thread thread = new Thread(() -> {});
    private boolean first = true;
    private boolean lost;

    AdapterWatch(AdapterRoot root, AdapterLoader loader) {
        this.root = root;
        this.loader = loader;
    }

    /** Looks once; what the first look finds is taken as it is. */
    void look() {
        Map<String, FolderStamp> found = new HashMap<>();
        try {
            for (Path folder : root.adapters()) {
                FolderStamp stamp = FolderStamp.of(folder);
                String name = folder.getFileName().toString();
                found.put(name, stamp);
                boolean quiet = first || stamp.equals(lastLook.get(name));
                if (quiet && !stamp.equals(settled.get(name))) {
                    take(name, folder, stamp);
                }
            }
            lost = false;
        } catch (Lora4jException e) {
            if (!lost) {
                LOG.warn("the folder of adapters is lost, all stay what they are: {}", e.getMessage());
            }
            lost = true;
            return;
        }
        for (String name : Set.copyOf(settled.keySet())) {
            if (!found.containsKey(name) && !lastLook.containsKey(name)) {
                drop(name);
            }
        }
        lastLook = found;
        first = false;
    }

    private void take(String name, Path folder, FolderStamp stamp) {
        try {
            if (first) {
                loader.offer(name, folder);
            } else {
                AdapterVersion version = loader.load(name, folder);
                LOG.info("adapter {} is served with the content {}", name, Inference.shortened(version.digest()));
            }
            own.add(name);
            settled.put(name, stamp);
        } catch (ApiError e) {
            LOG.debug("adapter {} has to wait: {}", name, e.getMessage());
        } catch (RuntimeException e) {
            settled.put(name, stamp); // the same again would fail again
            LOG.warn(
                    "adapter {} {}: {}",
                    name,
                    loader.has(name) ? "stays what it was" : "is not served",
                    e.getMessage());
        }
    }

    private void drop(String name) {
        settled.remove(name);
        if (own.remove(name) && loader.has(name)) {
            loader.unload(name);
            LOG.info("adapter {} is not served any more: its folder is gone", name);
        }
    }

    /** Goes on looking until it is closed. */
    void start(Duration interval) {
        thread = new Thread(() -> run(interval), "adapter-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Duration interval) {
        try {
            while (true) {
                Thread.sleep(interval.toMillis());
                try {
                    look();
                } catch (RuntimeException e) {
                    LOG.error("a look at the folder of adapters failed", e);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("stops looking at the folder of adapters");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
