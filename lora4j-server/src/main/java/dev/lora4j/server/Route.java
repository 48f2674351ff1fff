package dev.lora4j.server;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/**
 * A path of the API, what it asks of its callers, and who answers.
 *
 * @param path as Javalin writes paths
 * @param json whether a POST must be JSON; if not, a browser's page of another origin is refused by its origin
 */
record Route(HandlerType method, String path, Permission permission, Handler handler, boolean json) {
    Route(HandlerType method, String path, Permission permission, Handler handler) {
        this(method, path, permission, handler, true);
    }

    static Route get(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.GET, path, permission, handler);
    }

    static Route post(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.POST, path, permission, handler);
    }

    /** A POST whose body is a form, or nothing. */
    static Route form(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.POST, path, permission, handler, false);
    }

    static Route delete(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.DELETE, path, permission, handler);
    }
}
