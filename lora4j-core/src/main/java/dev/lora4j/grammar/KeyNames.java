package dev.lora4j.grammar;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node of the tree of an object's names, spelled as in JSON; built once and immutable then. */
final class KeyNames {
    private final TreeMap<Integer, KeyNames> children = new TreeMap<>();
    private final BitSet below = new BitSet();
    private int name = -1;

    static KeyNames of(List<String> names) {
        KeyNames root = new KeyNames();
        for (int i = 0; i < names.size(); i++) {
            KeyNames node = root;
            node.below.set(i);
            for (byte each : Spelling.content(names.get(i)).getBytes(StandardCharsets.UTF_8)) {
                node = node.children.computeIfAbsent(each & 0xff, key -> new KeyNames());
                node.below.set(i);
            }
            node.name = i;
        }
        return root;
    }

    @Nullable
    KeyNames child(int symbol) {
        return children.get(symbol);
    }

    /** The name that ends here; −1 if none does. */
    int name() {
        return name;
    }

    /** Whether one of these names goes on, or ends, here. */
    boolean leadsTo(BitSet open) {
        return below.intersects(open);
    }
}
