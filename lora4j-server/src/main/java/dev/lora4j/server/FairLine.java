package dev.lora4j.server;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Work that waits, by key and by model, and whose turn it is. Confined to its owner's lock.
 *
 * <p>Between two keys that wait all the time, what was served differs by at most twice what one key can have in the engine at
 * a time; so between two models of a key.
 */
final class FairLine {
    private final Map<String, Map<String, Deque<Work>>> waiting = new LinkedHashMap<>(); // by key, then by model
    private final ServedTokens keys = new ServedTokens();
    private final Map<String, ServedTokens> models = new HashMap<>(); // by key, of which there are few
    private int size;

    int size() {
        return size;
    }

    void add(Work work) {
        String key = work.origin().key();
        if (!waiting.containsKey(key)) {
            keys.arrives(key, waiting.keySet());
        }
        Map<String, Deque<Work>> ofKey = waiting.computeIfAbsent(key, name -> new LinkedHashMap<>());
        if (!ofKey.containsKey(work.model())) {
            models(key).arrives(work.model(), ofKey.keySet());
        }
        ofKey.computeIfAbsent(work.model(), name -> new ArrayDeque<>()).add(work);
        size++;
    }

    private ServedTokens models(String key) {
        return models.computeIfAbsent(key, name -> new ServedTokens());
    }

    private Deque<Work> of(String key, String model) {
        return waiting.getOrDefault(key, Map.of()).getOrDefault(model, new ArrayDeque<>());
    }

    /** Takes one out that is in it. */
    void remove(Work work) {
        String key = work.origin().key();
        Map<String, Deque<Work>> ofKey = waiting.getOrDefault(key, Map.of());
        if (!of(key, work.model()).remove(work)) {
            return;
        }
        size--;
        if (of(key, work.model()).isEmpty()) {
            ofKey.remove(work.model());
            models(key).leaves(work.model());
        }
        if (ofKey.isEmpty()) {
            waiting.remove(key);
            keys.leaves(key);
        }
    }

    /** Whose turn it is. */
    Optional<Work> next() {
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        String key = keys.least(waiting.keySet());
        String model = models(key).least(waiting.getOrDefault(key, Map.of()).keySet());
        return Optional.ofNullable(of(key, model).peek());
    }

    /** Tells what a piece of work was given. */
    void serve(Work work, long cost) {
        keys.serve(work.origin().key(), cost);
        models(work.origin().key()).serve(work.model(), cost);
    }

    List<Work> all() {
        List<Work> all = new ArrayList<>(size);
        waiting.values().forEach(ofKey -> ofKey.values().forEach(all::addAll));
        return all;
    }

    /**
     * Whose places a request may take: the newest of the key that has most in line, as long as that still has as many as the
     * request's own key would have; else so of the models of the request's key.
     *
     * @param request of one key and model
     * @param missing places that it needs
     * @return empty if there are not so many
     */
    Optional<List<Work>> displaceable(List<Work> request, int missing) {
        String key = request.get(0).origin().key();
        String model = request.get(0).model();
        Map<String, Integer> ofKeys = new LinkedHashMap<>();
        waiting.forEach((name, ofKey) -> ofKeys.put(
                name, ofKey.values().stream().mapToInt(Collection::size).sum()));
        Optional<String> most = biggest(ofKeys, key, request.size(), missing);
        if (most.isPresent()) {
            List<Work> victims = new ArrayList<>();
            waiting.getOrDefault(most.get(), Map.of()).values().forEach(victims::addAll);
            return Optional.of(newest(victims, missing));
        }
        Map<String, Integer> ofModels = new LinkedHashMap<>();
        waiting.getOrDefault(key, Map.of()).forEach((name, works) -> ofModels.put(name, works.size()));
        return biggest(ofModels, model, request.size(), missing).map(name -> newest(of(key, name), missing));
    }

    /** Who has most, if that is still no less than the other would have afterwards. */
    private static Optional<String> biggest(Map<String, Integer> counts, String other, int more, int missing) {
        int wanted = counts.getOrDefault(other, 0) + more;
        return counts.entrySet().stream()
                .filter(each -> !each.getKey().equals(other) && each.getValue() - missing >= wanted)
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    private static List<Work> newest(Collection<Work> works, int count) {
        List<Work> sorted = new ArrayList<>(works);
        sorted.sort((a, b) -> Long.compare(b.submitted(), a.submitted()));
        List<Work> newest = new ArrayList<>();
        Iterator<Work> each = sorted.iterator();
        while (newest.size() < count && each.hasNext()) {
            newest.add(each.next());
        }
        return newest;
    }
}
