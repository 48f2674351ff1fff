package dev.lora4j.server;

import io.javalin.http.Context;

/**
 * Where a piece of work comes from. Immutable but for the quota that it points to.
 *
 * @param key name of the caller's key; the engine shares its time among keys
 * @param quota that its tokens count against
 * @param spans what its spans hang on; the root's if none are wanted
 */
record WorkOrigin(String key, Quota quota, io.opentelemetry.context.Context spans) {
    /** Nobody in particular. */
    static final WorkOrigin ANYONE = new WorkOrigin(Caller.ANYONE.name(), Quota.NONE);

    /** Without spans. */
    WorkOrigin(String key, Quota quota) {
        this(key, quota, io.opentelemetry.context.Context.root());
    }

    static WorkOrigin of(Context context) {
        Caller caller = Caller.of(context);
        return new WorkOrigin(caller.name(), caller.quota(), RequestSpans.of(context));
    }

    static WorkOrigin of(Caller caller) {
        return new WorkOrigin(caller.name(), caller.quota());
    }
}
