package dev.lora4j.server;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Who has been served how much, so that the next turn is always with the one who has got least.
 *
 * <p>The virtual token counter of Sheng and others, Fairness in Serving Large Language Models (OSDI 2024, algorithm 2):
 * whoever begins to wait is lifted to the least of those that wait already, so that nobody saves up turns while idle.
 * Confined to its owner's lock.
 */
final class ServedTokens {
    private final Map<String, Long> counters = new HashMap<>();
    private String last = ""; // who left the line last
    private long floor; // what everybody has been lifted to at least

    /**
     * Somebody begins to wait.
     *
     * @param waiting those that wait already
     */
    void arrives(String name, Collection<String> waiting) {
        long lift = waiting.stream().mapToLong(this::of).min().orElse(of(last));
        floor = Math.max(floor, lift);
        // who has no more than the floor is lifted to it when it comes back: nothing is lost with its counter
        counters.entrySet().removeIf(each -> each.getValue() <= floor && !waiting.contains(each.getKey()));
        counters.put(name, Math.max(of(name), lift));
    }

    /** Somebody waits no longer: it runs, or has gone. */
    void leaves(String name) {
        last = name;
    }

    private long of(String name) {
        return counters.getOrDefault(name, floor);
    }

    /** Somebody was given this much. */
    void serve(String name, long cost) {
        counters.put(name, of(name) + cost);
    }

    /** The one who has got least, the first of them if there are several. */
    String least(Iterable<String> waiting) {
        String least = "";
        long cost = Long.MAX_VALUE;
        for (String name : waiting) {
            if (of(name) < cost) {
                least = name;
                cost = of(name);
            }
        }
        return least;
    }
}
