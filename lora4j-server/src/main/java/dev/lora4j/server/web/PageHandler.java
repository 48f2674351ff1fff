package dev.lora4j.server.web;

import java.io.IOException;

/** Answers the request of somebody who was let in. */
@FunctionalInterface
interface PageHandler {
    void handle(Visit visit) throws IOException;
}
