package dev.lora4j.grammar;

import java.util.function.Consumer;

/**
 * Between the items of an array.
 *
 * @param needed items that must come still
 * @param room items that may come still
 * @param first whether none has come
 * @param depth of the items
 */
record InArray(Rule item, int needed, int room, boolean first, int depth) implements Frame {
    static Stack begin(Shape.Items items, int depth, Stack below) {
        return below.push(new InArray(items.item(), items.min(), items.max(), true, depth))
                .push(JsonText.SPACE)
                .push(Spell.of(JsonText.OPEN_ARRAY));
    }

    @Override
    public boolean reads() {
        return false;
    }

    @Override
    public void expand(Stack below, Consumer<Stack> out) {
        if (needed == 0) {
            Stack close = below.push(Spell.of(JsonText.CLOSE_ARRAY));
            out.accept(first ? close : close.push(JsonText.SPACE));
        }
        if (room > 0 && item.fits(depth)) {
            int left = room == Integer.MAX_VALUE ? room : room - 1;
            Stack next = below.push(new InArray(item, Math.max(0, needed - 1), left, false, depth))
                    .push(new Enter(item, depth));
            out.accept(first ? next : next.push(JsonText.SPACE).push(Spell.of(JsonText.COMMA)));
        }
    }

    @Override
    public void read(int symbol, Stack below, Consumer<Stack> out) {
        throw new IllegalStateException("it does not read");
    }
}
