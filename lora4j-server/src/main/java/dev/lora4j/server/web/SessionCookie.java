package dev.lora4j.server.web;

import io.javalin.http.Context;
import java.util.Optional;

/**
 * The cookie that names a browser's session: no script reads it, and no other site's request carries it.
 *
 * <p>Browsers send a host's cookies to all of its ports, so the port is part of the name.
 */
final class SessionCookie {
    private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Strict";

    private SessionCookie() {}

    private static String name(Context context) {
        return "lora4j_session_" + context.req().getLocalPort();
    }

    static Optional<String> read(Context context) {
        return Optional.ofNullable(context.cookie(name(context)));
    }

    static void write(Context context, String session) {
        context.res().addHeader("Set-Cookie", name(context) + "=" + session + ATTRIBUTES + secure(context));
    }

    static void clear(Context context) {
        context.res().addHeader("Set-Cookie", name(context) + "=; Max-Age=0" + ATTRIBUTES + secure(context));
    }

    /** Over TLS, which a proxy before the server tells by a header, the cookie never goes without it. */
    private static String secure(Context context) {
        boolean tls = context.req().isSecure() || "https".equalsIgnoreCase(context.header("X-Forwarded-Proto"));
        return tls ? "; Secure" : "";
    }
}
