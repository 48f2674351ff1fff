package dev.lora4j.model;

import dev.lora4j.tensor.FrozenMatrix;
import dev.lora4j.tensor.LowRankEmbedding;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A frozen table of rows looked up by number; knows nothing of any adapter.
 *
 * @param path such as {@code model.embed_tokens}
 * @param matrix [rows, hidden]
 */
public record EmbeddingTable(String path, FrozenMatrix matrix) implements AdaptableModule {
    @Override
    public Tensor weight() {
        return matrix.dense();
    }

    @Override
    public long[] shape() {
        return new long[] {matrix.outFeatures(), matrix.inFeatures()};
    }

    @Override
    public @Nullable Tensor bias() {
        return null;
    }

    /** [tokens, hidden] of ids [tokens], with what the routing puts beside it. */
    Tensor apply(Tape tape, Tensor ids, Routing routing) {
        return Spans.apply(
                tape,
                ids,
                this,
                routing,
                (rows, own, none, segments) ->
                        LowRankEmbedding.apply(tape, rows, own == null ? matrix : FrozenMatrix.of(own), segments));
    }

    /** The same table with the values that a change says. */
    EmbeddingTable map(ModuleChange change) {
        Tensor other = change.apply(this).weight();
        return other == null ? this : new EmbeddingTable(path, FrozenMatrix.of(other));
    }
}
