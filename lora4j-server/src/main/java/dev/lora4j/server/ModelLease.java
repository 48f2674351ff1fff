package dev.lora4j.server;

import dev.lora4j.lora.AdapterLease;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.KvOwner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * What a request's model stood for when it came; holds those versions of the adapters until closed.
 *
 * @param name what the client called it, or the adapters' names
 * @param parts the adapters; none for the base
 * @param released called when it is closed; closing it twice is closing it once
 * @param tenant who holds it; what others have asked before must not show in its answers' times
 */
record ModelLease(String name, List<Part> parts, AtomicReference<Runnable> released, String tenant)
        implements AutoCloseable {
    /** What sums of adapters are called in figures, of which there would be too many. */
    static final String SUMS = "(sums)";

    /** Copies the list. */
    ModelLease {
        parts = List.copyOf(parts);
    }

    /** Held by nobody in particular. */
    ModelLease(String name, List<Part> parts, Runnable released) {
        this(name, parts, new AtomicReference<>(released), "");
    }

    /** An adapter and its weight. */
    record Part(AdapterLease lease, double weight) {
        String digest() {
            return lease.version().digest();
        }

        /** What its part of a sum is known by. */
        String term() {
            return weight == 1 ? digest() : weight + "*" + digest();
        }
    }

    /** The same hold, by somebody. */
    ModelLease by(String whom) {
        return new ModelLease(name, parts, released, whom);
    }

    /** What figures are kept under. */
    String figureName() {
        return isSum() ? SUMS : name;
    }

    private boolean isSum() {
        return parts.size() > 1 || parts.stream().anyMatch(part -> part.weight() != 1);
    }

    List<WeightedAdapter> adapters() {
        return parts.stream()
                .map(part -> new WeightedAdapter(
                        part.lease().version().name(), part.lease().adapter(), part.weight()))
                .toList();
    }

    /** The digest of the adapter's content, or of the adapters' and their weights; empty for the base. */
    Optional<String> digest() {
        if (!isSum()) {
            return parts.stream().map(Part::digest).findFirst();
        }
        String terms = parts.stream().map(Part::term).collect(Collectors.joining("+"));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(terms.getBytes(StandardCharsets.UTF_8));
            return Optional.of(HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whose pages of keys and values fit it. */
    KvOwner owner() {
        return new KvOwner(digest().orElse(""), tenant);
    }

    @Override
    public void close() {
        parts.forEach(part -> part.lease().close());
        released.getAndSet(() -> {}).run();
    }
}
