package dev.lora4j.server.web;

import java.util.List;
import java.util.Optional;

/**
 * An adapter as the page shows it.
 *
 * @param digest of its content, in hexadecimal
 * @param ranks that its layers have, each once, smallest first
 * @param targets names of the adapted modules, each once, without the layers they are in
 * @param parameters trained values
 * @param bytes that they take in memory
 * @param traffic empty where the visitor may not see it
 */
public record AdapterCard(
        String name,
        String digest,
        List<Long> ranks,
        double alpha,
        List<String> targets,
        long parameters,
        long bytes,
        Optional<Traffic> traffic) {
    /** Copies the lists. */
    public AdapterCard {
        ranks = List.copyOf(ranks);
        targets = List.copyOf(targets);
    }
}
