package dev.lora4j.server;

import dev.lora4j.server.finetuning.Account;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Who sends a request, and what that key may do.
 *
 * @param name of the key, for logs; never the key
 * @param models that it may use, the base's name among them; empty for all
 * @param quota how much it may use
 */
record Caller(String name, Set<Permission> permissions, Optional<Set<String>> models, Quota quota) {
    /** Everybody, on a server without keys. */
    static final Caller ANYONE = new Caller("-", EnumSet.allOf(Permission.class), Optional.empty());

    static final String ATTRIBUTE = "lora4j.caller";

    /** Copies the sets. */
    Caller {
        permissions = Set.copyOf(permissions);
        models = models.map(Set::copyOf);
    }

    /** Without a quota. */
    Caller(String name, Set<Permission> permissions, Optional<Set<String>> models) {
        this(name, permissions, models, Quota.NONE);
    }

    static Caller of(Context context) {
        return Objects.requireNonNull(context.<Caller>attribute(ATTRIBUTE), "every request is given its caller first");
    }

    void attachTo(Context context) {
        context.attribute(ATTRIBUTE, this);
    }

    boolean may(Permission permission) {
        return permission == Permission.OPEN || permissions.contains(permission);
    }

    /** The models that its key is for, and those that it has made. */
    boolean mayUse(ServedModels served, String model) {
        return models.isEmpty() || models.get().contains(model) || served.isOwnedBy(model, name);
    }

    /** As fine-tuning knows it. */
    Account account() {
        return new Account(name, permissions.contains(Permission.ADMIN));
    }

    /**
     * What a model's name stands for.
     *
     * @throws ApiError 404 if there is none, and just so if this caller may not use it
     */
    ModelLease lease(ServedModels served, String model) {
        if (!mayUse(served, model)) {
            throw ApiError.modelNotFound(ServedModels.shortened(model));
        }
        return served.lease(model).by(name);
    }

    /**
     * What a model's name stands for, with adapters added up over it if any are given.
     *
     * @throws ApiError 404 if there is one of them not, and just so if this caller may not use it; 400 if adapters are
     *     wanted over something that is not the base
     */
    ModelLease lease(ServedModels served, String model, List<AdapterWeight> adapters) {
        if (adapters.isEmpty()) {
            return lease(served, model);
        }
        List<String> named = new ArrayList<>(List.of(model));
        adapters.forEach(each -> named.add(each.name()));
        for (String each : named) {
            if (!mayUse(served, each)) {
                throw ApiError.modelNotFound(ServedModels.shortened(each));
            }
        }
        if (!model.equals(served.base())) {
            throw ApiError.invalid(
                    "model",
                    "adapters are added up over the base: model is to be " + served.base() + ", or adapters left out");
        }
        return served.lease(adapters).by(name);
    }
}
