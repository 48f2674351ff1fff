package dev.lora4j.server.web;

import io.javalin.http.Context;
import java.util.Optional;

/** The way from a browser's request to what its visitor may see and do. */
public interface Entrance {
    /** Whether visitors must have a key. */
    boolean asksForKeys();

    /**
     * Lets a visitor in for one request, and notes in it whose it is.
     *
     * @param key that the visitor has shown; on a server without keys it is not looked at
     * @return empty if the key is none of the server's, or not any more
     */
    Optional<Workbench> enter(Context context, Optional<String> key);
}
