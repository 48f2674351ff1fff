package dev.lora4j.formats.hub;

import dev.lora4j.formats.FileAccessException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where the hub and its cache are, and who asks.
 *
 * @param endpoint the hub without a slash at the end
 * @param cache the folder that has a {@code models--…} for each repository
 * @param token what proves who asks, or empty; never printed
 * @param offline whether only the cache may be used
 * @param symlinks whether snapshots may link to blobs; else they are copies
 */
public record HubSettings(URI endpoint, Path cache, String token, boolean offline, boolean symlinks) {
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    public HubSettings {
        String scheme = String.valueOf(endpoint.getScheme());
        if ((!scheme.equals("https") && !scheme.equals("http")) || endpoint.getHost() == null) {
            throw new HubException(
                    "HF_ENDPOINT is \"" + endpoint + "\", expected something like https://huggingface.co");
        }
    }

    /**
     * Reads the variables that huggingface_hub reads, with the same defaults.
     *
     * <p>HF_ENDPOINT, HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HF_TOKEN, HF_TOKEN_PATH, HF_HUB_OFFLINE,
     * TRANSFORMERS_OFFLINE, HF_HUB_DISABLE_SYMLINKS.
     *
     * @param environment as from {@link System#getenv()}
     * @param userHome the folder that {@code ~} stands for
     */
    public static HubSettings from(Map<String, String> environment, Path userHome) {
        Path caches = path(environment, "XDG_CACHE_HOME", userHome, userHome.resolve(".cache"));
        Path home = path(environment, "HF_HOME", userHome, caches.resolve("huggingface"));
        String endpoint = environment.getOrDefault("HF_ENDPOINT", "");
        Path tokenFile = path(environment, "HF_TOKEN_PATH", userHome, home.resolve("token"));
        return new HubSettings(
                uri(endpoint.isBlank() ? "https://huggingface.co" : endpoint.strip()),
                path(environment, "HF_HUB_CACHE", userHome, home.resolve("hub")),
                token(environment, tokenFile),
                isTrue(environment, "HF_HUB_OFFLINE") || isTrue(environment, "TRANSFORMERS_OFFLINE"),
                !isTrue(environment, "HF_HUB_DISABLE_SYMLINKS"));
    }

    private static URI uri(String endpoint) {
        try {
            return URI.create(endpoint.replaceAll("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new HubException("HF_ENDPOINT is \"" + endpoint + "\", which is not an address", e);
        }
    }

    private static Path path(Map<String, String> environment, String name, Path userHome, Path otherwise) {
        String value = environment.getOrDefault(name, "");
        if (value.isBlank()) {
            return otherwise;
        }
        return value.startsWith("~/") ? userHome.resolve(value.substring(2)) : Path.of(value);
    }

    private static boolean isTrue(Map<String, String> environment, String name) {
        return TRUE.contains(environment.getOrDefault(name, "").toUpperCase(Locale.ROOT));
    }

    private static String token(Map<String, String> environment, Path file) {
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        if (!token.isEmpty() || !Files.exists(file)) {
            return token;
        }
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw FileAccessException.reading(file, e);
        }
    }

    /** Does not show the token. */
    @Override
    public String toString() {
        return "HubSettings[endpoint=" + endpoint + ", cache=" + cache + ", token="
                + (token.isEmpty() ? "none" : "[REDACTED]") + ", offline=" + offline + ", symlinks=" + symlinks + "]";
    }
}
