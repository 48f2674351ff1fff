package dev.lora4j.model;

import dev.lora4j.tensor.Activation;
import dev.lora4j.tensor.Sequences;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model family classifies a sequence: which token it looks at, through which layers.
 *
 * <p>Each family says it once, as transformers' {@code …ForSequenceClassification} has it.
 *
 * @param architecture transformers' name of the model with this head
 * @param position the token that the head reads
 * @param dense the layer before the output, or null
 * @param output path of the layer that gives the logits
 * @param biased whether the output has a bias
 */
public record HeadPlan(
        String architecture, Position position, @Nullable Dense dense, String output, boolean biased) {
    /** Which token of a sequence stands for it. */
    public enum Position {
        /** The first, {@code [CLS]} of encoders. */
        FIRST,
        /** The last, the only one that has seen all others in a decoder. */
        LAST
    }

    /**
     * A layer [hidden, hidden] with a bias, and the function over it.
     *
     * @param module what {@code modules_to_save} calls it
     */
    public record Dense(String path, String module, Activation activation) {}

    /** A decoder's: {@code score} over the last token. */
    static HeadPlan score(String architecture) {
        return new HeadPlan(architecture, Position.LAST, null, "score", false);
    }

    /** True if the layer at a path is part of the head. */
    boolean has(String path) {
        return paths().contains(path);
    }

    /** Paths of the layers, the output last. */
    public List<String> paths() {
        return dense == null ? List.of(output) : List.of(dense.path(), output);
    }

    /** Row of the token that stands for a sequence. */
    public long row(long start, int length) {
        return position == Position.FIRST ? start : start + length - 1;
    }

    /** Rows of the tokens that stand for the sequences, [sequences]. */
    public long[] rows(Sequences sequences) {
        long[] rows = new long[sequences.count()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(sequences.offset(i), sequences.length(i));
        }
        return rows;
    }
}
