package dev.lora4j.formats.gguf;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** The typed key-value pairs of a GGUF file; a key of another type than asked for is an error that names it. */
public final class GgufMetadata {
    private static final long DEFAULT_ALIGNMENT = 32;
    private static final long MINIMUM_ALIGNMENT = 8;

    private final Path file;
    private final Map<String, GgufValue> values;

    GgufMetadata(Path file, Map<String, GgufValue> values) {
        this.file = file;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** All keys in the order of the file. */
    public Set<String> keys() {
        return values.keySet();
    }

    public Optional<String> text(String key) {
        return find(key, GgufValue.Text.class, "a string").map(GgufValue.Text::value);
    }

    public OptionalLong whole(String key) {
        Optional<GgufValue.Whole> found = find(key, GgufValue.Whole.class, "an integer");
        return found.isPresent() ? OptionalLong.of(found.get().value()) : OptionalLong.empty();
    }

    /** An integer that counts something, from 0 to 2^31-1. */
    public OptionalInt count(String key) {
        OptionalLong found = whole(key);
        if (found.isEmpty()) {
            return OptionalInt.empty();
        }
        long value = found.getAsLong();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new InvalidFileException(
                    file, "metadata \"" + key + "\" is " + value + ", expected 0 to " + Integer.MAX_VALUE);
        }
        return OptionalInt.of((int) value);
    }

    /** A float32, float64 or integer. */
    public OptionalDouble real(String key) {
        if (values.get(key) instanceof GgufValue.Whole whole) {
            return OptionalDouble.of((double) whole.value());
        }
        Optional<GgufValue.Real> found = find(key, GgufValue.Real.class, "a number");
        return found.isPresent() ? OptionalDouble.of(found.get().value()) : OptionalDouble.empty();
    }

    public Optional<Boolean> flag(String key) {
        return find(key, GgufValue.Flag.class, "a bool").map(GgufValue.Flag::value);
    }

    public Optional<List<String>> texts(String key) {
        return find(key, GgufValue.Texts.class, "an array of strings").map(GgufValue.Texts::values);
    }

    public Optional<List<Long>> wholes(String key) {
        return find(key, GgufValue.Wholes.class, "an array of integers").map(GgufValue.Wholes::values);
    }

    public Optional<List<Double>> reals(String key) {
        return find(key, GgufValue.Reals.class, "an array of numbers").map(GgufValue.Reals::values);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    int requiredCount(String key) {
        return count(key).orElseThrow(() -> missing(key));
    }

    double requiredReal(String key) {
        return real(key).orElseThrow(() -> missing(key));
    }

    String requiredText(String key) {
        return text(key).orElseThrow(() -> missing(key));
    }

    /** Where tensors may start: a power of two, 32 unless the file says otherwise. */
    long alignment() {
        long alignment = whole("general.alignment").orElse(DEFAULT_ALIGNMENT);
        if (alignment < MINIMUM_ALIGNMENT || alignment > GgufLimits.MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw new InvalidFileException(
                    file,
                    "metadata \"general.alignment\" is " + alignment + ", expected a power of two from "
                            + MINIMUM_ALIGNMENT + " to " + GgufLimits.MAX_ALIGNMENT);
        }
        return alignment;
    }

    private InvalidFileException missing(String key) {
        return new InvalidFileException(file, "metadata \"" + key + "\" is missing");
    }

    private <T extends GgufValue> Optional<T> find(String key, Class<T> type, String expected) {
        GgufValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new InvalidFileException(
                    file, "metadata \"" + key + "\" is " + value.kind() + ", expected " + expected);
        }
        return Optional.of(type.cast(value));
    }
}
