package dev.lora4j.grammar;

import java.util.function.Consumer;

/**
 * One entry of a stack: a rule, and how far it is. Immutable, with equality by value.
 *
 * <p>A frame that reads waits for a symbol; any other stands for one or several others. None is ever at a point from
 * which its rule cannot be completed.
 */
sealed interface Frame
        permits Frame.Enter, Frame.Spell, Frame.InDfa, InText, InNumber, InObject, InKey, InArray, InFreeText {
    /** Whether it waits for a symbol. */
    default boolean reads() {
        return true;
    }

    /** Gives the stacks that it stands for, over what is below it; only of a frame that does not read. */
    default void expand(Stack below, Consumer<Stack> out) {
        throw new IllegalStateException("it reads");
    }

    /** Gives what a symbol makes of it, over what is below it: nothing if the symbol does not fit. */
    void read(int symbol, Stack below, Consumer<Stack> out);

    /** Whether a text may end here although more could come. */
    default boolean mayEnd() {
        return false;
    }

    /** A frame that does the same to every token of so many symbols at most; there are fewer of those. */
    default Frame forTokens(int longest) {
        return this;
    }

    /** A rule that has not begun. */
    record Enter(Rule rule, int depth) implements Frame {
        @Override
        public boolean reads() {
            return false;
        }

        @Override
        public void expand(Stack below, Consumer<Stack> out) {
            Shape shape = rule.shape();
            if (shape instanceof Shape.Literal literal) {
                out.accept(literal.symbols().length == 0 ? below : below.push(new Spell(literal.symbols(), 0)));
            } else if (shape instanceof Shape.Terminal terminal) {
                terminal.dfa().frames(terminal.dfa().start(), below, out);
            } else if (shape instanceof Shape.Sequence sequence) {
                out.accept(below.pushAll(sequence.parts().stream()
                        .map(part -> new Enter(part, depth))
                        .toList()));
            } else if (shape instanceof Shape.Choice choice) {
                choice.options().stream()
                        .filter(option -> option.fits(depth))
                        .forEach(option -> out.accept(below.push(new Enter(option, depth))));
            } else if (shape instanceof Shape.Text text) {
                out.accept(below.push(new InText(text.min(), text.max(), Spelling.ONE.start()))
                        .push(Spell.of(JsonText.QUOTE)));
            } else if (shape instanceof Shape.Numeric number) {
                out.accept(below.push(new InNumber(number.range(), "")));
            } else if (shape instanceof Shape.Members members) {
                out.accept(InObject.begin(members.object(), depth + 1, below));
            } else if (shape instanceof Shape.Items items) {
                out.accept(InArray.begin(items, depth + 1, below));
            } else if (shape instanceof Shape.Free free) {
                out.accept(below.push(new InFreeText(free.trigger(), 0, depth)));
            }
        }

        @Override
        public void read(int symbol, Stack below, Consumer<Stack> out) {
            throw new IllegalStateException("it does not read");
        }
    }

    /** Symbols that must come. */
    @SuppressWarnings("ArrayRecordComponent") // the arrays are constants of their rules and compared by identity
    record Spell(int[] symbols, int at) implements Frame {
        static Spell of(int[] symbols) {
            return new Spell(symbols, 0);
        }

        @Override
        public void read(int symbol, Stack below, Consumer<Stack> out) {
            if (symbol == symbols[at]) {
                out.accept(at + 1 == symbols.length ? below : below.push(new Spell(symbols, at + 1)));
            }
        }
    }

    /** A state of an automaton. */
    record InDfa(Dfa dfa, int state) implements Frame {
        @Override
        public void read(int symbol, Stack below, Consumer<Stack> out) {
            int next = dfa.next(state, symbol);
            if (next >= 0) {
                dfa.frames(next, below, out);
            }
        }
    }
}
