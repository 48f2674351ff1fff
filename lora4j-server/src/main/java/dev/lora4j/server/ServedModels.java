package dev.lora4j.server;

import dev.lora4j.lora.AdapterLease;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the names of models stand for: the base, or an adapter over it. A name that is neither is an error, never the
 * base.
 *
 * <p>Safe for any number of threads.
 */
final class ServedModels {
    private final ModelObject base;
    private final AdapterShelf shelf;

    /**
     * Borrows the shelf.
     *
     * @param maxTokens of a sequence, prompt and new ones
     */
    ServedModels(String base, int maxTokens, long createdSeconds, AdapterShelf shelf) {
        this.base = ModelObject.base(base, createdSeconds, maxTokens);
        this.shelf = shelf;
    }

    String base() {
        return base.id();
    }

    /**
     * What a name stands for now, read from disk if it is not in memory; to be closed when the request is done.
     *
     * @throws ApiError 404 if it stands for nothing; 429 or 500 if it cannot be read into memory
     */
    ModelLease lease(String name) {
        if (name.equals(base.id())) {
            return new ModelLease(name, Optional.empty(), new AtomicReference<>(() -> {}));
        }
        AdapterLease lease = shelf.lease(name).orElseThrow(() -> ApiError.modelNotFound(shortened(name)));
        return new ModelLease(name, Optional.of(lease), new AtomicReference<>(() -> shelf.released(name)));
    }

    /** Requests that hold an adapter of this name, whatever version. */
    int leases(String name) {
        return shelf.leases(name);
    }

    static String shortened(String name) {
        return name.length() > AdapterName.MAX_LENGTH ? name.substring(0, AdapterName.MAX_LENGTH) + "…" : name;
    }

    /** The base first, then the adapters by name. */
    List<ModelObject> list() {
        List<ModelObject> models = new ArrayList<>();
        shelf.known()
                .forEach(known -> models.add(base.adapter(
                        known.name(), known.created(), known.digest().orElse(null))));
        models.sort(Comparator.comparing(ModelObject::id));
        models.add(0, base);
        return models;
    }

    ModelObject get(String name) {
        return list().stream()
                .filter(model -> model.id().equals(name))
                .findFirst()
                .orElseThrow(() -> ApiError.modelNotFound(shortened(name)));
    }
}
