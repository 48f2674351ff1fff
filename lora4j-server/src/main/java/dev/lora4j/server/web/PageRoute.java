package dev.lora4j.server.web;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/**
 * A path of the page. It has no parameters in it, so that a set of paths says which are open to those who show no key.
 *
 * @param handler that looks after keys and origins itself
 */
public record PageRoute(HandlerType method, String path, Handler handler) {}
