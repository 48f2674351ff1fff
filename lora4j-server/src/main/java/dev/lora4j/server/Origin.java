package dev.lora4j.server;

import io.javalin.http.Context;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Where a page in a browser is from; browsers say so with every POST, other clients say nothing. */
final class Origin {
    private Origin() {}

    /**
     * Refuses what a page of another origin sends.
     *
     * @throws ApiError 403 if it does
     */
    static void requireOurs(Context context) {
        String origin = context.header("Origin");
        if (origin != null && !isOurs(origin, context.header("Host"))) {
            throw ApiError.forbidden("a page of another origin may not use this server");
        }
    }

    private static boolean isOurs(String origin, @Nullable String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
