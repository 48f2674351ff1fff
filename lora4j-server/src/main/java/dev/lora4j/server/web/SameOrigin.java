package dev.lora4j.server.web;

import io.javalin.http.Context;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Whether a request comes from the page itself.
 *
 * <p>Browsers say where a post comes from, by {@code Sec-Fetch-Site} where the page's address is trustworthy to them and by
 * {@code Origin} always (Fetch standard, 3.1 and "Fetch Metadata Request Headers", 2.3); one that says neither is refused.
 * Without keys the server also answers to this machine's own names only: otherwise a site could give its name this machine's
 * address and be of the same origin.
 */
public final class SameOrigin {
    private static final Pattern LOOPBACK =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

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

    /** True if a browser says that a page of another origin sends it; other clients say nothing. */
    public static boolean isOthers(Context context) {
        String origin = context.header("Origin");
        return origin != null && !authority(origin).equalsIgnoreCase(context.header("Host"));
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
    public static boolean namesThisMachine(Context context) {
        String host = context.header("Host");
        return host != null && LOOPBACK.matcher(host).matches();
    }
}
