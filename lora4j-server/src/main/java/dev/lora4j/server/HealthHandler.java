package dev.lora4j.server;

import io.javalin.http.Context;
import java.util.function.BooleanSupplier;

/** {@code GET /health}: the process answers. {@code GET /ready}: it takes requests. */
final class HealthHandler {
    private final BooleanSupplier ready;

    HealthHandler(BooleanSupplier ready) {
        this.ready = ready;
    }

    record Status(String status) {}

    void health(Context context) {
        Responses.json(context, 200, new Status("ok"));
    }

    void ready(Context context) {
        boolean now = ready.getAsBoolean();
        Responses.json(context, now ? 200 : 503, new Status(now ? "ready" : "not ready"));
    }
}
