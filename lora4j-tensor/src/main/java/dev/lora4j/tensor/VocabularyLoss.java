package dev.lora4j.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * The output layer and its cross-entropy together, in chunks of rows, so that [tokens, vocabulary] never exists.
 *
 * <pre>
 * z = hidden Wᵀ (+ adapters),  z = c · tanh(z / c) if capped,  then {@link CrossEntropy}
 * </pre>
 *
 * <p>Each chunk computes its logits, its losses and at once its gradients; then its memory is used again.
 */
public final class VocabularyLoss {
    /** Logits alive at a time, in values: 16 Mi float32 are 64 MiB. */
    private static final long CHUNK_VALUES = 1L << 24;

    private VocabularyLoss() {}

    /**
     * The output layer.
     *
     * @param weight [vocabulary, hidden]
     * @param segments rows with an adapter on the output layer itself; usually none
     * @param softcap c, or 0 for none
     */
    public record Head(FrozenMatrix weight, List<Segment> segments, double softcap) {
        /** The layer of a weight whose values are a tensor [vocabulary, hidden]. */
        public Head(Tensor weight, List<Segment> segments, double softcap) {
            this(FrozenMatrix.of(weight), segments, softcap);
        }

        /** Copies the list. */
        public Head {
            segments = List.copyOf(segments);
        }
    }

    /**
     * Computes the loss of every row and seeds the gradient of the weighted sum.
     *
     * @param hidden [rows, hidden], only rows that have a label
     * @return loss of every row, unweighted, [rows]
     */
    public static Tensor apply(Tape tape, Tensor hidden, Head head, CrossEntropy.Targets targets) {
        long rows = hidden.size(0);
        long chunk = Math.max(1, CHUNK_VALUES / head.weight().outFeatures());
        try (Scope scope = Scope.open()) {
            List<Tensor> losses = new ArrayList<>();
            Tensor dHidden = tape.tracks(hidden) ? Tensor.zerosLike(hidden) : hidden;
            for (long start = 0; start < rows; start += chunk) {
                long end = Math.min(rows, start + chunk);
                losses.add(chunk(tape, hidden, dHidden, new Rows(start, end), head, targets));
            }
            tape.add(hidden, dHidden);
            return scope.give(Tensor.concatenate(losses.toArray(Tensor[]::new)));
        }
    }

    private record Rows(long start, long end) {}

    private static Tensor chunk(
            Tape tape, Tensor hidden, Tensor dHidden, Rows rows, Head head, CrossEntropy.Targets all) {
        Tensor x = hidden.rows(rows.start(), rows.end());
        try (Scope scope = Scope.open();
                Tape inner = tape.tracks(hidden) ? tape.nested(x) : tape.nested()) {
            CrossEntropy.Targets targets = all.rows(rows.start(), rows.end());
            Tensor raw = LowRankLinear.apply(
                    inner, x, head.weight(), null, Segment.within(head.segments(), rows.start(), rows.end()));
            Tensor logits = softcap(inner, raw, head.softcap());
            if (!inner.tracks(logits)) {
                return scope.give(CrossEntropy.losses(logits, targets));
            }
            Tensor losses = CrossEntropy.lossesAndGradient(logits, targets);
            inner.seed(logits, logits);
            inner.backward();
            inner.gradient(x)
                    .ifPresent(
                            gradient -> dHidden.rows(rows.start(), rows.end()).copyFrom(gradient));
            for (Tensor parameter : tape.parameters()) {
                inner.gradient(parameter).ifPresent(gradient -> tape.addShared(parameter, gradient));
            }
            return scope.give(losses);
        }
    }

    private static Tensor softcap(Tape tape, Tensor logits, double cap) {
        if (cap == 0) {
            return logits;
        }
        return Scale.apply(tape, Activation.TANH.apply(tape, Scale.apply(tape, logits, 1 / cap)), cap);
    }
}
