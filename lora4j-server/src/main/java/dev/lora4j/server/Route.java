package dev.lora4j.server;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/**
 * A path of the API, what it asks of its callers, and who answers.
 *
 * @param path as Javalin writes paths
 */
record Route(HandlerType method, String path, Permission permission, Handler handler) {
    static Route get(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.GET, path, permission, handler);
    }

    static Route post(String path, Permission permission, Handler handler) {
        return new Route(HandlerType.POST, path, permission, handler);
    }
}
