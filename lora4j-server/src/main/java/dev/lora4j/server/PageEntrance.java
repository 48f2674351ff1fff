package dev.lora4j.server;

import dev.lora4j.server.web.Entrance;
import dev.lora4j.server.web.Workbench;
import io.javalin.http.Context;
import java.util.Optional;

/** Lets visitors of the page in by the server's keys. */
final class PageEntrance implements Entrance {
    private final ApiKeys keys;
    private final PageModels models;

    PageEntrance(ApiKeys keys, PageModels models) {
        this.keys = keys;
        this.models = models;
    }

    @Override
    public boolean asksForKeys() {
        return !keys.isEmpty();
    }

    @Override
    public Optional<Workbench> enter(Context context, Optional<String> key) {
        Optional<Caller> caller = keys.isEmpty() ? Optional.of(Caller.ANYONE) : key.flatMap(keys::caller);
        caller.ifPresent(known -> known.attachTo(context)); // for the access log
        return caller.map(known -> new PageWorkbench(known, models));
    }
}
