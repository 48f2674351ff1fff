package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A block whose activations are computed again in the backward pass instead of kept (arXiv 1604.06174).
 *
 * <p>Only the block's input is kept. Dropout inside draws from keyed streams, so the second pass sees the same masks.
 */
public final class Recompute {
    private Recompute() {}

    /**
     * Runs a block.
     *
     * @param x the block's input, [rows, hidden]
     * @param kept what else the block reads that would otherwise be freed before the backward pass
     * @param block from a tape and x to the output; run once now and once more in the backward pass
     * @return the block's output
     */
    public static Tensor apply(Tape tape, Tensor x, List<Tensor> kept, BiFunction<Tape, Tensor, Tensor> block) {
        try (Scope scope = Scope.open();
                Tape probe = tape.reachability()) {
            Tensor y = block.apply(probe, x);
            if (probe.tracks(y)) {
                List<Tensor> saved = new ArrayList<>(kept);
                saved.add(x);
                tape.record(y, dy -> backward(tape, dy, x, block), saved.toArray(Tensor[]::new));
            }
            return scope.give(y);
        }
    }

    private static void backward(Tape tape, Tensor dy, Tensor x, BiFunction<Tape, Tensor, Tensor> block) {
        boolean wanted = tape.tracks(x);
        try (Tape inner = tape.nested(x)) {
            Tensor y = block.apply(inner, x);
            inner.seed(y, dy);
            inner.backward();
            inner.gradient(x).filter(gradient -> wanted).ifPresent(gradient -> tape.addShared(x, gradient));
            for (Tensor parameter : tape.parameters()) {
                if (parameter != x) {
                    inner.gradient(parameter).ifPresent(gradient -> tape.addShared(parameter, gradient));
                }
            }
        }
    }
}
