package dev.lora4j.grammar;

import java.util.Arrays;

/**
 * Symbols in a free text after which a rule holds (Knuth, Morris and Pratt's search).
 *
 * <p>Immutable.
 */
final class Trigger {
    private final int[] symbols;
    private final int[] border; // of each beginning, its longest true beginning that is its end too
    private final Rule then;

    Trigger(int[] symbols, Rule then) {
        if (symbols.length == 0) {
            throw new IllegalArgumentException("the trigger is empty");
        }
        this.symbols = symbols.clone();
        this.then = then;
        this.border = new int[symbols.length];
        int length = 0;
        for (int i = 1; i < symbols.length; i++) {
            while (length > 0 && symbols[i] != symbols[length]) {
                length = border[length - 1];
            }
            if (symbols[i] == symbols[length]) {
                length++;
            }
            border[i] = length;
        }
    }

    Rule then() {
        return then;
    }

    int length() {
        return symbols.length;
    }

    /** How many of the trigger's symbols the text ends with after one more. */
    int next(int matched, int symbol) {
        int length = matched;
        while (length > 0 && symbol != symbols[length]) {
            length = border[length - 1];
        }
        return symbol == symbols[length] ? length + 1 : 0;
    }

    @Override
    public String toString() {
        return Arrays.toString(symbols);
    }
}
