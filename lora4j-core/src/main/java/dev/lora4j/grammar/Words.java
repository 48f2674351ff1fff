package dev.lora4j.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Texts of which one is to be written, as an automaton. */
final class Words {
    private final List<TreeMap<Integer, Integer>> children = new ArrayList<>();
    private final List<Boolean> ends = new ArrayList<>();

    private Words() {
        node();
    }

    static Dfa of(Iterable<String> texts) {
        Words words = new Words();
        texts.forEach(words::add);
        int[][] edges = new int[words.children.size()][];
        boolean[] accepting = new boolean[edges.length];
        for (int i = 0; i < edges.length; i++) {
            TreeMap<Integer, Integer> own = words.children.get(i);
            edges[i] = new int[3 * own.size()];
            int at = 0;
            for (Map.Entry<Integer, Integer> edge : own.entrySet()) {
                edges[i][at++] = edge.getKey();
                edges[i][at++] = edge.getKey();
                edges[i][at++] = edge.getValue();
            }
            accepting[i] = words.ends.get(i);
        }
        return new Dfa(edges, accepting);
    }

    private void add(String text) {
        int node = 0;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            Integer next = children.get(node).get(each & 0xff);
            if (next == null) {
                next = node();
                children.get(node).put(each & 0xff, next);
            }
            node = next;
        }
        ends.set(node, true);
    }

    private int node() {
        children.add(new TreeMap<>());
        ends.add(false);
        return children.size() - 1;
    }
}
