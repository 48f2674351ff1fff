package dev.lora4j.server;

import io.javalin.security.RouteRole;
import java.util.Locale;
import java.util.Optional;

/** What a route asks of the one who calls it. */
enum Permission implements RouteRole {
    /** Nothing: for probes that hold no key. */
    OPEN,
    /** Nothing of the API's: the page looks after its visitors itself. */
    PAGE,
    /** To use models. */
    INFER,
    /** To bring files, run fine-tuning jobs, and delete the models that came of them. */
    TRAIN,
    /** To change what is served, and to see figures. */
    ADMIN;

    /** The permission that a key file calls so. */
    static Optional<Permission> named(String scope) {
        for (Permission each : values()) {
            if (each != OPEN
                    && each != PAGE
                    && each.name().toLowerCase(Locale.ROOT).equals(scope)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
