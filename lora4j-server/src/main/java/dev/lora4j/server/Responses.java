package dev.lora4j.server;

import io.javalin.http.Context;
import java.io.IOException;

/** Puts records into responses. */
final class Responses {
    private Responses() {}

    static void json(Context context, int status, Object body) {
        context.status(status).contentType("application/json").result(Json.bytes(body));
    }

    static void error(Context context, ApiError error) {
        error.retryAfterSeconds().ifPresent(seconds -> context.header("Retry-After", Long.toString(seconds)));
        if (error.status() == 401) {
            context.header("WWW-Authenticate", "Bearer");
        }
        json(context, error.status(), error.body());
    }

    /** Ends a stream that has failed: by a status if nothing was sent, else by an event. */
    static void failStream(EventStream stream, ApiError error) {
        if (!stream.hasBegun()) {
            throw error;
        }
        try {
            stream.send(error.body());
            stream.done();
        } catch (IOException e) {
            throw new ClientGoneException("writing to it failed", e);
        }
    }
}
