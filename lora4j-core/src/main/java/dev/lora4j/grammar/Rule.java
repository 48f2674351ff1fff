package dev.lora4j.grammar;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of a grammar, equal to itself alone, so that rules may refer to each other in circles.
 *
 * <p>Its shape is given once, and its height when the grammar is complete; from then on it is immutable.
 */
final class Rule {
    /** The height of a rule that no text of finite depth fits. */
    static final int NONE = 1 << 20;

    private @Nullable Shape shape;
    private int height = NONE;
    private boolean settled;

    static Rule of(Shape shape) {
        Rule rule = new Rule();
        rule.define(shape);
        return rule;
    }

    void define(Shape own) {
        if (shape != null) {
            throw new IllegalStateException("the rule has a shape");
        }
        shape = own;
    }

    Shape shape() {
        return Objects.requireNonNull(shape, "the rule has no shape yet");
    }

    /** How deep objects and arrays nest in the flattest text that fits; {@link #NONE} if no text does. */
    int height() {
        return height;
    }

    void height(int lower) {
        height = lower;
    }

    boolean isSettled() {
        return settled;
    }

    void settle() {
        settled = true;
    }

    /** Whether some text that fits may stand at this depth. */
    boolean fits(int depth) {
        return height <= Grammar.MAX_DEPTH - depth;
    }
}
