package dev.lora4j.grammar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** A text drawn token by token among those that a grammar allows, as a model with random scores would. */
record DrawnText(String text, boolean complete) {

    /**
     * Draws.
     *
     * @param patience after so many tokens the drawing goes for the end where it can
     */
    static DrawnText draw(Grammar grammar, List<byte[]> tokens, TokenMasks masks, Random random, int patience) {
        GrammarCursor cursor = GrammarCursor.of(grammar, masks);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int i = 0; i < 20 * patience; i++) {
            BitSet allowed = cursor.allowed();
            boolean ends = cursor.isComplete() && (random.nextInt(4) == 0 || i > patience);
            if (cursor.isFinished() || ends) {
                return new DrawnText(text.toString(StandardCharsets.UTF_8), true);
            }
            if (allowed.isEmpty()) {
                throw new AssertionError("a dead end after " + text.toString(StandardCharsets.UTF_8));
            }
            int token = i > patience ? closing(allowed, tokens, random) : any(allowed, random);
            cursor.accept(token);
            text.writeBytes(tokens.get(token));
        }
        return new DrawnText(text.toString(StandardCharsets.UTF_8), false);
    }

    private static int any(BitSet allowed, Random random) {
        int wanted = random.nextInt(allowed.cardinality());
        int token = allowed.nextSetBit(0);
        for (int i = 0; i < wanted; i++) {
            token = allowed.nextSetBit(token + 1);
        }
        return token;
    }

    /** Prefers what ends strings, objects and arrays. */
    private static int closing(BitSet allowed, List<byte[]> tokens, Random random) {
        for (char c : "}]\"".toCharArray()) {
            if (allowed.get(c)) {
                return c;
            }
        }
        for (int token = allowed.nextSetBit(0); token >= 0; token = allowed.nextSetBit(token + 1)) {
            if (tokens.get(token).length > 1 && random.nextInt(8) == 0) {
                return token;
            }
        }
        return any(allowed, random);
    }
}
