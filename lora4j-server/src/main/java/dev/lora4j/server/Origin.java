package dev.lora4j.server;

import io.javalin.http.Context;

/**
 * Where a piece of work comes from. Immutable but for the quota that it points to.
 *
 * @param key name of the caller's key; the engine shares its time among keys
 * @param quota that its tokens count against
 */
record Origin(String key, Quota quota) {
    /** Nobody in particular. */
    static final Origin ANYONE = new Origin(Caller.ANYONE.name(), Quota.NONE);

    static Origin of(Context context) {
        Caller caller = Caller.of(context);
        return new Origin(caller.name(), caller.quota());
    }
}
