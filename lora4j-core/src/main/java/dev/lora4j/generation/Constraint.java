package dev.lora4j.generation;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.grammar.GrammarCursor;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;

/** What the settings' grammar leaves of the tokens of one sequence; nothing is left out without one. */
final class Constraint {
    private final Optional<GrammarCursor> cursor;
    private final Set<Integer> stopTokens;

    private Constraint(Optional<GrammarCursor> cursor, Set<Integer> stopTokens) {
        this.cursor = cursor;
        this.stopTokens = stopTokens;
    }

    /** For a sequence whose tokens have no text: the settings must have no grammar. */
    static Constraint none(GenerationSettings settings) {
        if (settings.grammar().isPresent()) {
            throw new GenerationException("a grammar needs a tokenizer to find its tokens by; use a TextGenerator");
        }
        return new Constraint(Optional.empty(), Set.of());
    }

    static Constraint of(GenerationSettings settings, Tokenizer tokenizer) {
        return new Constraint(
                settings.grammar().map(grammar -> GrammarCursor.of(grammar, tokenizer.masks())), settings.stopTokens());
    }

    /**
     * Takes away what may not come; a stop token may come where the text is complete.
     *
     * @param scores [vocabulary], changed
     */
    void apply(float[] scores) {
        if (cursor.isEmpty()) {
            return;
        }
        BitSet allowed = cursor.get().allowed();
        if (cursor.get().isComplete()) {
            allowed = (BitSet) allowed.clone();
            stopTokens.stream().filter(id -> id < scores.length).forEach(allowed::set);
        }
        for (int id = allowed.nextClearBit(0); id < scores.length; id = allowed.nextClearBit(id + 1)) {
            scores[id] = Float.NEGATIVE_INFINITY;
        }
    }

    /** Takes a token that is no stop token; true if the text is complete and nothing may follow. */
    boolean finishedBy(int token) {
        if (cursor.isEmpty()) {
            return false;
        }
        cursor.get().accept(token);
        return cursor.get().isFinished();
    }
}
