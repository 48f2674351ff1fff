package dev.lora4j.model;

import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRankLinear;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frozen linear layer with its path in the model; knows nothing of any adapter.
 *
 * @param path such as {@code model.layers.0.self_attn.q_proj}
 * @param matrix [out, in]; a view where the files have it transposed
 * @param bias [out], or null
 */
public record Linear(
        String path, FrozenMatrix matrix, @Nullable Tensor bias, Layout layout) implements AdaptableModule {
    /**
     * How the files have the matrix, and what it fuses.
     *
     * @param fanInFanOut whether it is stored as [in, out], as in GPT-2's {@code Conv1D}
     * @param parts of the outputs, in order; empty where the layer is one thing
     */
    public record Layout(boolean fanInFanOut, List<Part> parts) {
        /** Stored as [out, in], one thing. */
        public static final Layout PLAIN = new Layout(false, List.of());

        /** Copies the list. */
        public Layout {
            parts = List.copyOf(parts);
        }
    }

    /** A run of outputs with a name of its own, such as the queries of a fused projection. */
    public record Part(String name, long outputs) {}

    /** A layer of its own values, stored as [out, in]. */
    public Linear(String path, Tensor weight, @Nullable Tensor bias) {
        this(path, FrozenMatrix.of(weight), bias, Layout.PLAIN);
    }

    /** A layer of these values. */
    public static Linear of(String path, ModuleValues values) {
        return new Linear(path, values.weight(), values.bias());
    }

    /** y = x Wᵀ + b, with what the routing puts beside it. */
    Tensor apply(Tape tape, Tensor x, Routing routing) {
        return Spans.apply(
                tape,
                x,
                this,
                routing,
                (rows, own, shift, segments) ->
                        LowRankLinear.apply(tape, rows, own == null ? matrix : FrozenMatrix.of(own), shift, segments));
    }

    @Override
    public Tensor weight() {
        return matrix.dense();
    }

    @Override
    public long[] shape() {
        return new long[] {outFeatures(), inFeatures()};
    }

    /** Width of the input. */
    public long inFeatures() {
        return matrix.inFeatures();
    }

    /** Width of the output. */
    public long outFeatures() {
        return matrix.outFeatures();
    }

    /** The same layer with the values that a change says. */
    Linear map(ModuleChange change) {
        try (Scope scope = Scope.open()) {
            ModuleChange.Values values = change.apply(this);
            Tensor other = values.weight();
            return new Linear(path, other == null ? matrix : change.matrix(this, other, scope), values.bias(), layout);
        }
    }
}
