package dev.lora4j.cli;

import java.nio.file.Path;

/** Where lora4j keeps what it unpacks: {@code LORA4J_CACHE}, else {@code lora4j} in the user's cache folder. */
final class CacheFolder {
    private CacheFolder() {}

    static Path path() {
        String own = System.getenv("LORA4J_CACHE");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg != null && !xdg.isEmpty() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("lora4j");
    }
}
