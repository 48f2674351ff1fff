package dev.lora4j.server;

import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterLease;
import dev.lora4j.lora.AdapterRegistry;
import dev.lora4j.lora.AdapterVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the names of models stand for: the base, or an adapter over it. A name that is neither is an error, never the
 * base.
 *
 * <p>Safe for any number of threads.
 */
final class ServedModels {
    private final ModelObject base;
    private final AdapterRegistry registry;
    private final ConcurrentMap<Long, Long> created = new ConcurrentHashMap<>(); // seconds, by number of version
    private final ConcurrentMap<String, Integer> leases = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, LongAdder> requests = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, String> owners = new ConcurrentHashMap<>(); // names of keys, by model

    /**
     * Borrows the registry.
     *
     * @param maxTokens of a sequence, prompt and new ones
     */
    ServedModels(String base, int maxTokens, long createdSeconds, AdapterRegistry registry) {
        this.base = ModelObject.base(base, createdSeconds, maxTokens);
        this.registry = registry;
    }

    String base() {
        return base.id();
    }

    /** Notes when a version came. */
    void published(AdapterVersion version, long seconds) {
        created.put(version.number(), seconds);
        created.keySet()
                .removeIf(number -> number < version.number()
                        && registry.versions().stream().noneMatch(other -> other.number() == number));
    }

    /**
     * What a name stands for now; to be closed when the request is done.
     *
     * @throws ApiError 404 if it stands for nothing
     */
    ModelLease lease(String name) {
        if (name.equals(base.id())) {
            count(name);
            return new ModelLease(name, Optional.empty(), new AtomicReference<>(() -> {}));
        }
        try {
            AdapterLease lease = registry.lease(name);
            leases.merge(name, 1, Integer::sum);
            count(name);
            return new ModelLease(name, Optional.of(lease), new AtomicReference<>(() -> release(name)));
        } catch (AdapterException e) {
            throw ApiError.modelNotFound(shortened(name));
        }
    }

    private void release(String name) {
        leases.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
    }

    private void count(String name) {
        requests.computeIfAbsent(name, key -> new LongAdder()).increment();
    }

    /** Requests that have named a model since the server started. */
    long requests(String name) {
        LongAdder counted = requests.get(name);
        return counted == null ? 0 : counted.sum();
    }

    /** Requests that hold an adapter of this name, whatever version. */
    int leases(String name) {
        return leases.getOrDefault(name, 0);
    }

    /** Notes whose key has made a model. */
    void owned(String model, String key) {
        owners.put(model, key);
    }

    void disowned(String model) {
        owners.remove(model);
    }

    /** Whether a key has made a model, and so may use it whatever models it is for. */
    boolean isOwnedBy(String model, String key) {
        return key.equals(owners.get(model));
    }

    static String shortened(String name) {
        return name.length() > AdapterName.MAX_LENGTH ? name.substring(0, AdapterName.MAX_LENGTH) + "…" : name;
    }

    /** The base first, then the adapters by name. */
    List<ModelObject> list() {
        List<ModelObject> models = new ArrayList<>();
        registry.versions().forEach(version -> models.add(object(version)));
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

    private ModelObject object(AdapterVersion version) {
        long seconds = created.getOrDefault(version.number(), base.created());
        return base.adapter(version.name(), seconds, version.digest());
    }
}
