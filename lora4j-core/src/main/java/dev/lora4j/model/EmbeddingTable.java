package dev.lora4j.model;

import dev.lora4j.tensor.LowRankEmbedding;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A frozen table of rows looked up by number; knows nothing of any adapter.
 *
 * @param path such as {@code model.embed_tokens}
 * @param weight [rows, hidden]
 */
public record EmbeddingTable(String path, Tensor weight) implements AdaptableModule {
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
                (rows, table, none, segments) -> LowRankEmbedding.apply(tape, rows, table, segments));
    }

    /** The same table with the values that a change says. */
    EmbeddingTable map(ModuleChange change) {
        return new EmbeddingTable(path, change.apply(this).weight());
    }
}
