package dev.lora4j.server.finetuning;

import java.util.List;

/**
 * A part of a list.
 *
 * @param hasMore whether something comes after it
 */
public record Page<T>(List<T> data, boolean hasMore) {
    /** Copies the list. */
    public Page {
        data = List.copyOf(data);
    }

    /** The first of one too many. */
    static <T> Page<T> of(List<T> found, int limit) {
        return found.size() > limit ? new Page<>(found.subList(0, limit), true) : new Page<>(found, false);
    }
}
