package dev.lora4j.server;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.AdapterVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Puts adapters from disk in the place of names, one at a time, on the thread that asks for it.
 *
 * <p>The model goes on meanwhile. What a name stands for changes at once or not at all. Safe for any number of threads.
 */
final class AdapterLoader {
    private final ServedModels models;
    private final AdapterShelf shelf;
    private final Limits limits;

    AdapterLoader(ServedModels models, AdapterShelf shelf, Limits limits) {
        this.models = models;
        this.shelf = shelf;
        this.limits = limits;
    }

    /**
     * Serves a folder's adapter under a name.
     *
     * @return the version that the name stands for; the present one if its content is the same
     * @throws Lora4jException if the adapter does not fit, or there are too many; nothing changes
     */
    synchronized AdapterVersion load(String name, Path folder) {
        check(name, folder);
        return shelf.put(name, folder);
    }

    /**
     * The same, but if there is no room in memory it is read only when it is first asked for.
     *
     * @throws Lora4jException if it is read now and does not fit, or there are too many; nothing changes
     */
    synchronized void offer(String name, Path folder) {
        check(name, folder);
        shelf.offer(name, folder);
    }

    private void check(String name, Path folder) {
        if (!AdapterName.isAllowed(name)) {
            throw new Lora4jException(AdapterName.rule("\"" + ServedModels.shortened(name) + "\""));
        }
        if (name.equals(models.base())) {
            throw new Lora4jException("an adapter cannot be called " + name + ": that is the base model's name");
        }
        if (!shelf.has(name) && shelf.size() >= limits.adapters()) {
            throw new Lora4jException(
                    "there are " + limits.adapters() + " adapters, which is this server's limit; unload one first");
        }
        requireSize(folder);
    }

    private void requireSize(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            long bytes = 0;
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
            if (bytes > limits.adapterBytes()) {
                throw new Lora4jException(
                        "the adapter has " + bytes + " bytes, the server takes " + limits.adapterBytes());
            }
        } catch (IOException e) {
            throw FileAccessException.reading(folder, e);
        }
    }

    /** Whether a name stands for an adapter. */
    boolean has(String name) {
        return shelf.has(name);
    }

    /**
     * Makes the version before the present one what a name stands for.
     *
     * @throws dev.lora4j.lora.AdapterException if there is none in memory; nothing changes
     */
    AdapterVersion rollback(String name) {
        return shelf.rollback(name);
    }

    /**
     * Takes a name away; requests that run keep the adapter.
     *
     * @throws dev.lora4j.lora.AdapterException if there is no such name
     */
    void unload(String name) {
        shelf.remove(name);
    }
}
