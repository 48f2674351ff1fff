package dev.lora4j.server;

import java.util.UUID;

/** Names for answers and requests that nobody can guess. */
final class Identifier {
    private Identifier() {}

    /** Such as {@code chatcmpl-3f…}. */
    static String next(String prefix) {
        return prefix + UUID.randomUUID().toString().replace("-", "");
    }
}
