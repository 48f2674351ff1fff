package dev.lora4j.server;

import dev.lora4j.server.web.SameOrigin;
import io.javalin.http.Context;
import io.javalin.security.RouteRole;
import java.util.Set;

/** Lets requests pass by their key: a route that says nothing of permissions is closed to everybody. */
final class Gate {
    private static final String BEARER = "Bearer ";

    private final ApiKeys keys;
    private final Set<String> openPaths;

    /**
     * With the keys that are known.
     *
     * @param openPaths that need none
     */
    Gate(ApiKeys keys, Set<String> openPaths) {
        this.keys = keys;
        this.openPaths = openPaths;
    }

    /** Whether what is asked for needs no key: it looks after that itself, or is everybody's. */
    boolean isOpen(Context context) {
        return openPaths.contains(context.path());
    }

    /** Before anything is said about a path: who is it? */
    void identify(Context context) {
        if (keys.isEmpty()) {
            requireLocalName(context);
            Caller.ANYONE.attachTo(context);
        } else if (!isOpen(context)) {
            String header = context.header("Authorization");
            if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
                throw ApiError.unauthorized("You didn't provide an API key. You need to provide your API key in an"
                        + " Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
            }
            keys.caller(header.substring(BEARER.length()).strip())
                    .orElseThrow(() -> ApiError.unauthorized("Incorrect API key provided."))
                    .attachTo(context);
        }
    }

    /** Else a site whose name is given this machine's address could use it from a browser. The page looks itself. */
    private void requireLocalName(Context context) {
        if (!isOpen(context) && !SameOrigin.namesThisMachine(context)) {
            throw ApiError.forbidden("Without API keys this server answers to this machine's own names alone, such as"
                    + " http://127.0.0.1 or http://localhost; use one of them, or start it with --api-key-file.");
        }
    }

    /** At a route that exists: may they, and have they some of their requests left? */
    void permit(Context context) {
        Set<RouteRole> roles = context.routeRoles();
        if (roles.contains(Permission.OPEN) || roles.contains(Permission.PAGE)) {
            return;
        }
        Caller caller = Caller.of(context);
        boolean allowed = roles.stream().anyMatch(role -> role instanceof Permission each && caller.may(each));
        if (!allowed) {
            throw ApiError.forbidden("This API key may not do this; it needs the scope "
                    + roles.stream()
                            .map(role -> role.toString().toLowerCase(java.util.Locale.ROOT))
                            .sorted()
                            .toList());
        }
        caller.quota().request(context);
    }
}
