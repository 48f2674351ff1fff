package dev.lora4j.grammar;

import java.util.function.Consumer;

/** Within a number that has limits. */
record InNumber(NumberRange range, String written) implements Frame {
    @Override
    public void read(int symbol, Stack below, Consumer<Stack> out) {
        if (symbol != '-' && symbol != '.' && !(symbol >= '0' && symbol <= '9')) {
            return;
        }
        String longer = written + (char) symbol;
        if (!range.isWellFormed(longer)) {
            return;
        }
        if (range.contains(longer)) {
            out.accept(below);
        }
        if (range.canGrow(longer)) {
            out.accept(below.push(new InNumber(range, longer)));
        }
    }
}
