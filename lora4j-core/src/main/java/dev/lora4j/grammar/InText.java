package dev.lora4j.grammar;

import java.util.function.Consumer;

/**
 * Within a string whose characters are counted.
 *
 * @param needed characters that must come still
 * @param room characters that may come still
 * @param state within one character
 */
record InText(int needed, int room, int state) implements Frame {
    @Override
    public Frame forTokens(int longest) {
        return needed <= longest && room <= longest
                ? this
                : new InText(Math.min(needed, longest + 1), Math.min(room, longest + 1), state);
    }

    @Override
    public void read(int symbol, Stack below, Consumer<Stack> out) {
        boolean between = state == Spelling.ONE.start();
        if (between && symbol == '"') {
            if (needed == 0) {
                out.accept(below);
            }
            return;
        }
        if (between && room == 0) {
            return;
        }
        int next = Spelling.ONE.next(state, symbol);
        if (next >= 0 && Spelling.ONE.accepts(next)) {
            out.accept(below.push(new InText(Math.max(0, needed - 1), room - 1, Spelling.ONE.start())));
        } else if (next >= 0) {
            out.accept(below.push(new InText(needed, room, next)));
        }
    }
}
