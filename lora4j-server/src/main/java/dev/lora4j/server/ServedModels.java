package dev.lora4j.server;

import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterLease;
import dev.lora4j.lora.WeightedAdapter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

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
            return new ModelLease(name, List.of(), () -> {});
        }
        AdapterLease lease = shelf.lease(name).orElseThrow(() -> ApiError.modelNotFound(shortened(name)));
        return new ModelLease(name, List.of(new ModelLease.Part(lease, 1)), () -> shelf.released(name));
    }

    /**
     * Several adapters, to be added up over the base.
     *
     * @param wanted at least one
     * @throws ApiError 404 if a name stands for no adapter, 400 if they have no sum
     */
    ModelLease lease(List<AdapterWeight> wanted) {
        List<ModelLease> held = new ArrayList<>();
        Runnable release = () -> held.forEach(ModelLease::close);
        try {
            List<ModelLease.Part> parts = new ArrayList<>();
            for (AdapterWeight each : wanted) {
                if (each.name().equals(base.id())) {
                    throw ApiError.invalid("adapters", each.name() + " is the base, not an adapter");
                }
                ModelLease one = lease(each.name());
                held.add(one);
                parts.add(new ModelLease.Part(one.parts().get(0).lease(), each.weight()));
            }
            parts.sort(Comparator.comparing(ModelLease.Part::digest)); // one sum, in whatever order it is asked for
            String names = wanted.stream().map(AdapterWeight::name).collect(Collectors.joining("+"));
            ModelLease lease = new ModelLease(names, parts, release);
            WeightedAdapter.requireSum(lease.adapters());
            return lease;
        } catch (AdapterException e) {
            release.run();
            throw ApiError.invalid("adapters", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            release.run();
            throw e;
        }
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
