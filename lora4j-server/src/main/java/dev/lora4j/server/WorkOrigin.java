package dev.lora4j.server;

import io.javalin.http.Context;

/**
 * Where a piece of work comes from. Immutable but for the quota that it points to.
 *
 * @param key name of the caller's key; the engine shares its time among keys
 * @param quota that its tokens count against
 */
record WorkOrigin(String key, Quota quota) {
    /** Nobody in particular. */
    static final WorkOrigin ANYONE = new WorkOrigin(Caller.ANYONE.name(), Quota.NONE);

    static WorkOrigin of(Context context) {
        return of(Caller.of(context));
    }

    static WorkOrigin of(Caller caller) {
        return new WorkOrigin(caller.name(), caller.quota());
    }
}
