package dev.lora4j.grammar;

import java.util.BitSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Within the name of a member that may become one of the known names.
 *
 * @param open the known names that may come; never changed
 * @param node where in the tree of names
 * @param other state of a name that is not known, of {@link Spelling#REST}; −1 if there may be none
 */
record InKey(InObject object, BitSet open, KeyNames node, int other) implements Frame {
    static Frame begin(InObject object) {
        ObjectRule rule = object.object();
        int other = rule.takesOthers(object.depth()) ? Spelling.REST.start() : -1;
        return new InKey(object, rule.open(object.seen(), object.depth()), rule.names(), other);
    }

    @Override
    public void read(int symbol, Stack below, Consumer<Stack> out) {
        int name = node.name();
        if (symbol == '"' && name >= 0) {
            if (open.get(name)) {
                Rule value = object.object().values().get(name);
                out.accept(below.pushAll(object.with(name).after(value)));
            }
            return;
        }
        KeyNames child = node.child(symbol);
        int next = other < 0 ? -1 : Spelling.REST.next(other, symbol);
        if (child != null && (next >= 0 || child.leadsTo(open))) {
            out.accept(below.push(new InKey(object, open, child, next)));
        } else if (child == null && next >= 0) {
            Spelling.REST.frames(next, below.pushAll(object.with(-1).after(others())), out);
        }
    }

    private Rule others() {
        @Nullable Rule others = object.object().others();
        if (others == null) {
            throw new IllegalStateException("the object has no other names");
        }
        return others;
    }
}
