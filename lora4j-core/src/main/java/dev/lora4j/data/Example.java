package dev.lora4j.data;

import java.util.Arrays;
import java.util.BitSet;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * One row of the user's data as tokens, with what is to be learned from it.
 *
 * <p>That is some of its own tokens (causal), the index of a label (classification) or a number (regression). Immutable;
 * equal to another of the same content, wherever it came from.
 */
public final class Example {
    private static final int[] ALL_ZERO = {};

    private final int[] tokens;
    private final int[] types;
    private final BitSet trained;
    private final OptionalInt label;
    private final OptionalDouble score;
    private final RowOrigin origin;

    private Example(Tokens content, OptionalInt label, OptionalDouble score, RowOrigin origin) {
        this.tokens = content.tokens;
        this.types = content.types;
        this.trained = content.trained;
        this.label = label;
        this.score = score;
        this.origin = origin;
    }

    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    private record Tokens(int[] tokens, int[] types, BitSet trained) {
        private static Tokens labelled(int[] tokens, int[] types, RowOrigin origin) {
            if (tokens.length == 0) {
                throw new BadRowException(origin, "has no tokens");
            }
            if (types.length != 0 && types.length != tokens.length) {
                throw new IllegalArgumentException(tokens.length + " tokens, but " + types.length + " types");
            }
            boolean zero = Arrays.stream(types).allMatch(type -> type == 0);
            return new Tokens(tokens.clone(), zero ? ALL_ZERO : types.clone(), new BitSet());
        }
    }

    /**
     * An example for a causal model.
     *
     * @param trained the positions whose token is a target of the loss; the first token cannot be and is left out
     * @throws BadRowException if nothing is left to learn: a loss over no tokens is not a number
     */
    public static Example causal(int[] tokens, BitSet trained, RowOrigin origin) {
        BitSet targets = (BitSet) trained.clone();
        targets.clear(0);
        if (targets.length() > tokens.length) {
            throw new IllegalArgumentException(
                    "position " + (targets.length() - 1) + " of " + tokens.length + " tokens");
        }
        if (targets.isEmpty()) {
            throw new BadRowException(
                    origin,
                    "none of its " + tokens.length + " tokens is to be learned; give it an answer, or leave it out");
        }
        Tokens content = new Tokens(tokens.clone(), ALL_ZERO, targets);
        return new Example(content, OptionalInt.empty(), OptionalDouble.empty(), origin);
    }

    /**
     * An example for a classifier.
     *
     * @param types the token_type_id of each token, or empty where all are 0
     */
    public static Example classification(int[] tokens, int[] types, int label, RowOrigin origin) {
        if (label < 0) {
            throw new BadRowException(origin, "has label " + label + ", expected 0 or more");
        }
        Tokens content = Tokens.labelled(tokens, types, origin);
        return new Example(content, OptionalInt.of(label), OptionalDouble.empty(), origin);
    }

    /**
     * An example for a model that tells a number.
     *
     * @param types the token_type_id of each token, or empty where all are 0
     */
    public static Example regression(int[] tokens, int[] types, double score, RowOrigin origin) {
        if (!Double.isFinite(score)) {
            throw new BadRowException(origin, "has score " + score + ", expected a finite number");
        }
        Tokens content = Tokens.labelled(tokens, types, origin);
        return new Example(content, OptionalInt.empty(), OptionalDouble.of(score), origin);
    }

    /**
     * The same with other tokens' places among its own, such as the virtual ones of an adapter.
     *
     * @param at how many of its tokens stand before them; the class token of a pair's first text keeps its place
     * @param inserted their ids, all negative, none of them to be learned
     */
    public Example with(int at, int... inserted) {
        if (inserted.length == 0) {
            return this;
        }
        int[] all = joined(tokens, at, inserted);
        BitSet targets = new BitSet();
        trained.stream().forEach(position -> targets.set(position < at ? position : position + inserted.length));
        int[] kinds = types.length == 0 ? types : joined(types, at, new int[inserted.length]);
        return new Example(new Tokens(all, kinds, targets), label, score, origin);
    }

    private static int[] joined(int[] values, int at, int[] inserted) {
        int[] all = Arrays.copyOf(values, values.length + inserted.length);
        System.arraycopy(inserted, 0, all, at, inserted.length);
        System.arraycopy(values, at, all, at + inserted.length, values.length - at);
        return all;
    }

    /** The number of tokens, at least 1. */
    public int length() {
        return tokens.length;
    }

    /** The token at a position. */
    public int token(int position) {
        return tokens[position];
    }

    /** All tokens, as a copy. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** The token_type_id at a position: for BERT 1 in the second text of a pair, elsewhere 0. */
    public int type(int position) {
        return types.length == 0 ? 0 : types[position];
    }

    /** Whether the token at a position is a target of the loss; never so at position 0. */
    public boolean trained(int position) {
        return trained.get(position);
    }

    /** How many tokens are targets of the loss; 0 for a labelled example. */
    public int trainedTokens() {
        return trained.cardinality();
    }

    /** The index of the label of a classification example. */
    public OptionalInt label() {
        return label;
    }

    /** The number of a regression example. */
    public OptionalDouble score() {
        return score;
    }

    /** Where the row came from. */
    public RowOrigin origin() {
        return origin;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Example that
                && Arrays.equals(tokens, that.tokens)
                && Arrays.equals(types, that.types)
                && trained.equals(that.trained)
                && label.equals(that.label)
                && score.equals(that.score);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(tokens) + trained.hashCode();
    }

    @Override
    public String toString() {
        return origin + ": " + tokens.length + " tokens, " + trainedTokens() + " to be learned";
    }
}
