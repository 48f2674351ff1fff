package dev.lora4j.lora;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * PEFT's {@code rank_pattern} and {@code alpha_pattern}: a key is a regular expression for the end of a path.
 *
 * <p>The first key that matches wins ({@code get_pattern_key}). Since PEFT sorts the keys on saving, two keys that match
 * one module could change places: that is an error here.
 */
final class ModulePatterns {
    private ModulePatterns() {}

    static <V> Optional<V> find(Map<String, V> pattern, String path) {
        for (Map.Entry<String, V> entry : pattern.entrySet()) {
            if (matches(entry.getKey(), path)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    private static boolean matches(String key, String path) {
        try {
            return Pattern.matches("(.*\\.)?(" + key + ")", path);
        } catch (PatternSyntaxException e) {
            throw new AdapterException("pattern \"" + key + "\" is not a regular expression: " + e.getDescription());
        }
    }

    /** Refuses keys that match no target, and two keys with different values for one target. */
    static <V> void requireUnambiguous(String what, Map<String, V> pattern, Collection<String> paths) {
        for (String key : pattern.keySet()) {
            if (paths.stream().noneMatch(path -> matches(key, path))) {
                throw new AdapterException(what + ": key \"" + key + "\" matches none of the adapted modules"
                        + NearestNames.hint(key, paths));
            }
        }
        for (String path : paths) {
            List<String> keys = new ArrayList<>();
            for (Map.Entry<String, V> entry : pattern.entrySet()) {
                if (matches(entry.getKey(), path)) {
                    keys.add(entry.getKey());
                }
            }
            if (keys.stream().map(pattern::get).distinct().count() > 1) {
                throw new AdapterException(what + ": keys " + keys + " all match " + path
                        + " with different values; make them exclude each other, since files do not keep their order");
            }
        }
    }
}
