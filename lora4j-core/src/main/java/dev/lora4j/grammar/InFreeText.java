package dev.lora4j.grammar;

import java.util.function.Consumer;

/**
 * Within a text that is free until its trigger comes.
 *
 * @param matched how much of the trigger the text ends with
 */
record InFreeText(Trigger trigger, int matched, int depth) implements Frame {
    @Override
    public boolean mayEnd() {
        return true;
    }

    @Override
    public void read(int symbol, Stack below, Consumer<Stack> out) {
        int next = trigger.next(matched, symbol);
        if (next < trigger.length()) {
            out.accept(below.push(new InFreeText(trigger, next, depth)));
        } else {
            out.accept(below.push(new InFreeText(trigger, 0, depth)).push(new Enter(trigger.then(), depth)));
        }
    }
}
