package dev.lora4j.server;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.AdapterRegistry;
import dev.lora4j.lora.AdapterVersion;
import dev.lora4j.model.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads adapters from disk and puts them in the place of names, one at a time, on the thread that asks for it.
 *
 * <p>The model goes on meanwhile. What a name stands for changes at once or not at all. Safe for any number of threads.
 */
final class AdapterLoader {
    private final LanguageModel model;
    private final ServedModels models;
    private final AdapterRegistry registry;
    private final Limits limits;

    AdapterLoader(LanguageModel model, ServedModels models, AdapterRegistry registry, Limits limits) {
        this.model = model;
        this.models = models;
        this.registry = registry;
        this.limits = limits;
    }

    /**
     * Serves a folder's adapter under a name.
     *
     * @return the version that the name stands for; the present one if its content is the same
     * @throws Lora4jException if the adapter does not fit, or there are too many; nothing changes
     */
    AdapterVersion load(String name, Path folder) {
        if (!AdapterName.isAllowed(name)) {
            throw new Lora4jException(AdapterName.rule("\"" + ServedModels.shortened(name) + "\""));
        }
        return publish(name, folder);
    }

    /** The same under a name of the server's own making, such as a fine-tuned model's. */
    synchronized AdapterVersion publish(String name, Path folder) {
        if (name.equals(models.base())) {
            throw new Lora4jException("an adapter cannot be called " + name + ": that is the base model's name");
        }
        Optional<AdapterVersion> present = version(name);
        if (present.isEmpty() && registry.versions().size() >= limits.adapters()) {
            throw new Lora4jException(
                    "there are " + limits.adapters() + " adapters, which is this server's limit; unload one first");
        }
        requireSize(folder);
        Adapter adapter = AdapterFolder.read(folder, model);
        if (present.isPresent() && present.get().digest().equals(adapter.digest())) {
            adapter.close();
            return present.get();
        }
        AdapterVersion version = registry.publish(name, adapter);
        models.published(version, Instant.now().getEpochSecond());
        return version;
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

    /** The version that a name stands for now. */
    Optional<AdapterVersion> version(String name) {
        return registry.versions().stream()
                .filter(version -> version.name().equals(name))
                .findFirst();
    }

    /**
     * Takes a name away; requests that run keep the adapter.
     *
     * @throws dev.lora4j.lora.AdapterException if there is no such name
     */
    synchronized void unload(String name) {
        registry.remove(name);
    }
}
