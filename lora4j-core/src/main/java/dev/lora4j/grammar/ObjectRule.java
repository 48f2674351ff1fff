package dev.lora4j.grammar;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members of an object: its known names, and what others may hold. Immutable. */
final class ObjectRule {
    private final List<Rule> values;
    private final BitSet required;
    private final @Nullable Rule others;
    private final KeyNames names;

    /**
     * An object.
     *
     * @param names in any order
     * @param values of the names, in the same order
     * @param required which of them must be there
     * @param others what members of other names hold; null if there are none
     */
    ObjectRule(List<String> names, List<Rule> values, BitSet required, @Nullable Rule others) {
        this.values = List.copyOf(values);
        this.required = (BitSet) required.clone();
        this.others = others;
        this.names = KeyNames.of(names);
    }

    List<Rule> values() {
        return values;
    }

    @Nullable
    Rule others() {
        return others;
    }

    KeyNames names() {
        return names;
    }

    boolean requires(int name) {
        return required.get(name);
    }

    /** Whether all that must be there has been seen. */
    boolean isComplete(BitSet seen) {
        BitSet missing = (BitSet) required.clone();
        missing.andNot(seen);
        return missing.isEmpty();
    }

    /** The names that may come next. */
    BitSet open(BitSet seen, int depth) {
        BitSet open = new BitSet();
        for (int i = seen.nextClearBit(0); i < values.size(); i = seen.nextClearBit(i + 1)) {
            if (values.get(i).fits(depth)) {
                open.set(i);
            }
        }
        return open;
    }

    /** Whether members of other names may come. */
    boolean takesOthers(int depth) {
        return others != null && others.fits(depth);
    }

    boolean canGoOn(BitSet seen, int depth) {
        return takesOthers(depth) || !open(seen, depth).isEmpty();
    }
}
