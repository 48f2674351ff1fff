package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The blocks that a pass runs: all, only the lowest, or those above them.
 *
 * @param first block to run
 * @param end one past the last block to run; {@link #TOP} to run them all and what comes after them
 * @param states what the blocks below the first have made, [tokens, hidden]; null to begin with the embeddings
 */
record Stretch(int first, int end, @Nullable Tensor states) {
    private static final int TOP = Integer.MAX_VALUE;

    /** From the token ids to the last hidden states. */
    static final Stretch ALL = new Stretch(0, TOP, null);

    static Stretch below(int blocks) {
        return new Stretch(0, blocks, null);
    }

    static Stretch above(FrozenPrefix prefix) {
        return new Stretch(prefix.blocks(), TOP, prefix.states());
    }

    /** What the first block gets: the states below it, or what the embeddings make of the tokens. */
    Tensor input(Supplier<Tensor> embedded) {
        return states == null ? embedded.get() : states;
    }

    <B> List<B> of(List<B> blocks) {
        return blocks.subList(first, Math.min(end, blocks.size()));
    }

    /** Whether what follows the last block is left out. */
    boolean endsBelow() {
        return end != TOP;
    }

    /** The modules that decide what comes out of each block, without those that decide about blocks below it. */
    static <B> List<List<AdaptableModule>> reached(
            List<? extends AdaptableModule> before,
            List<B> blocks,
            Function<B, ? extends List<? extends AdaptableModule>> modules) {
        List<List<AdaptableModule>> reached = new ArrayList<>();
        for (B block : blocks) {
            List<AdaptableModule> own = new ArrayList<>(reached.isEmpty() ? before : List.of());
            own.addAll(modules.apply(block));
            reached.add(own);
        }
        return reached;
    }
}
