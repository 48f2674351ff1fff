package dev.lora4j.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A text that keeps to a grammar, token by token. Confined to one thread. */
public final class GrammarCursor {
    private static final int[] SPACE = {' '};

    private final TokenMasks masks;
    private Stacks place;

    private GrammarCursor(TokenMasks masks, Stacks place) {
        this.masks = masks;
        this.place = place;
    }

    /** An empty text. */
    public static GrammarCursor of(Grammar grammar, TokenMasks masks) {
        Stacks place = Stacks.of(grammar.rule());
        if (masks.stripsFirstSpace()) {
            List<Stack> ways = new ArrayList<>(place.ways());
            place.ways().stream()
                    .filter(way -> !way.isEmpty())
                    .forEach(way -> ways.add(way.push(Frame.Spell.of(SPACE))));
            place = new Stacks(ways);
        }
        return new GrammarCursor(masks, place);
    }

    /**
     * The tokens after which the text can still be completed; not to be changed.
     *
     * @throws GrammarException if finding them takes too long
     */
    public BitSet allowed() {
        return masks.allowed(place);
    }

    /** Whether the text may end here. */
    public boolean isComplete() {
        return place.isComplete();
    }

    /** Whether the text is complete and nothing may follow. */
    public boolean isFinished() {
        return place.isFinished();
    }

    /**
     * Adds a token.
     *
     * @throws GrammarException if it is not allowed
     */
    public void accept(int token) {
        Work work = Work.ofToken();
        Stacks next = place;
        for (int symbol : masks.spelling(token)) {
            next = next.read(symbol, work);
        }
        if (next.isDead() || masks.spelling(token).length == 0) {
            throw new GrammarException("token " + token + " does not keep to the grammar");
        }
        place = next;
    }
}
