package dev.lora4j.model;

import dev.lora4j.tensor.SelectRows;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The layers from one token of each sequence to its logits.
 *
 * <pre>logits = output(f(dense(hidden[token])))      dense and f only where the plan has them</pre>
 *
 * @param dense [hidden, hidden], or null
 * @param output [labels, hidden]; one label is a regression
 */
public record SequenceHead(HeadPlan plan, @Nullable Linear dense, Linear output) {
    /**
     * Applies the head to some sequences of a batch.
     *
     * @param hidden [tokens, hidden]
     * @param rows of the tokens that stand for the sequences, int64 [sequences]; see {@link HeadPlan#rows}
     * @param routing over the sequences, in the order of {@code rows}
     * @return logits [sequences, labels]
     */
    public Tensor logits(Tape tape, Tensor hidden, Tensor rows, Routing routing) {
        Tensor x = SelectRows.apply(tape, hidden, rows);
        HeadPlan.Dense layer = plan.dense();
        if (layer != null && dense != null) {
            x = layer.activation().apply(tape, dense.apply(tape, x, routing));
        }
        return output.apply(tape, x, routing);
    }
}
