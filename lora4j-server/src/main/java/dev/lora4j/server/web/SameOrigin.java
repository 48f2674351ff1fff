package dev.lora4j.server.web;

import io.javalin.http.Context;
import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * Whether a request comes from the page itself.
 *
 * <p>Browsers say where a post comes from, by {@code Sec-Fetch-Site} where the page's address is trustworthy to them and by
 * {@code Origin} always (Fetch standard, 3.1 and "Fetch Metadata Request Headers", 2.3); one that says neither is refused.
 * Without keys the page also answers to this machine's own names only: otherwise a site could give its name this machine's
 * address and be of the same origin.
 */
final class SameOrigin {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private SameOrigin() {}

    /** True if it is one that only reads, or that the page itself has sent. */
    static boolean mayPass(Context context) {
        String site = context.header("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin");
        }
        String origin = context.header("Origin");
        String host = context.header("Host");
        return origin != null && host != null && authority(origin).equalsIgnoreCase(host);
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** True if the request names this machine by a name that no other site can have. */
    static boolean namesThisMachine(Context context) {
        String host = context.header("Host");
        return host != null && LOOPBACK.contains(host.toLowerCase(Locale.ROOT).replaceFirst(":[0-9]{1,5}$", ""));
    }
}
