package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that a server knows, by their SHA-256 alone.
 *
 * <p>A key is to be random and long, such as 32 random bytes: then nobody finds it from its hash, and a slow hash would
 * only slow the server. Every hash is compared in full, so that time tells nothing. Immutable.
 */
public final class ApiKeys {
    private static final int HASH_CHARS = 64;

    private final List<Entry> entries;

    @SuppressWarnings("ArrayRecordComponent") // compared by MessageDigest alone
    private record Entry(byte[] hash, Caller caller) {}

    private ApiKeys(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** No keys: everybody may do everything. */
    public static ApiKeys none() {
        return new ApiKeys(List.of());
    }

    /**
     * Reads a file of keys, such as {@code {"keys": [{"name": "ci", "sha256": "9f86…", "scopes": ["infer"], "models":
     * ["base", "polite"], "limits": {"requests-per-minute": 60}}]}}; without models a key may use all, without limits as much
     * as there is.
     *
     * @throws InvalidFileException if it is not that
     */
    public static ApiKeys read(Path file) {
        List<Entry> entries = new ArrayList<>();
        JsonNode keys = JsonFile.read(file).path("keys");
        for (int i = 0; i < keys.size(); i++) {
            entries.add(entry(file, "keys[" + i + "]", keys.get(i)));
        }
        if (entries.isEmpty()) {
            throw new InvalidFileException(
                    file,
                    "has no keys; expected {\"keys\": [{\"name\": …, \"sha256\": …, " + "\"scopes\": [\"infer\"]}]}");
        }
        return new ApiKeys(entries);
    }

    private static Entry entry(Path file, String where, JsonNode key) {
        key.fieldNames().forEachRemaining(name -> {
            if (!Set.of("name", "sha256", "scopes", "models", "limits").contains(name)) {
                throw new InvalidFileException(
                        file, where + " has the field " + name + "; expected name, sha256, scopes, models and limits");
            }
        });
        String name = key.path("name").asText();
        if (!AdapterName.isAllowed(name)) {
            throw new InvalidFileException(file, where + ".name: expected letters, digits, dots and hyphens");
        }
        String hash = key.path("sha256").asText();
        if (!hash.matches("[0-9a-fA-F]{" + HASH_CHARS + "}")) {
            throw new InvalidFileException(
                    file, where + ".sha256: expected " + HASH_CHARS + " hexadecimal digits, the SHA-256 of the key");
        }
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (JsonNode scope : key.path("scopes")) {
            permissions.add(Permission.named(scope.asText())
                    .orElseThrow(() -> new InvalidFileException(
                            file, where + ".scopes: expected infer, train or admin, found " + scope)));
        }
        if (permissions.isEmpty()) {
            throw new InvalidFileException(file, where + ".scopes: expected at least one of infer, train and admin");
        }
        Quota quota = Quota.read(file, where + ".limits", key.path("limits"), System::nanoTime);
        return new Entry(
                HexFormat.of().parseHex(hash), new Caller(name, permissions, models(key.path("models")), quota));
    }

    private static Optional<Set<String>> models(JsonNode names) {
        if (names.isMissingNode()) {
            return Optional.empty();
        }
        Set<String> models = new HashSet<>();
        names.forEach(name -> models.add(name.asText()));
        return Optional.of(models);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whose key it is. */
    Optional<Caller> caller(String key) {
        byte[] hash = sha256(key);
        Optional<Caller> found = Optional.empty();
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.hash(), hash)) {
                found = Optional.of(entry.caller());
            }
        }
        return found;
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
