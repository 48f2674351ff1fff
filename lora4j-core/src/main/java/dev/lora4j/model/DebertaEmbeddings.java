package dev.lora4j.model;

import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The input of DeBERTa (transformers' {@code DebertaV2Embeddings}).
 *
 * @param positions absolute ones, or null
 * @param types null where the texts of a pair are not told apart
 * @param projection from the tables' width to the hidden size, or null where they are equal
 */
record DebertaEmbeddings(
        EmbeddingTable words,
        @Nullable EmbeddingTable positions,
        @Nullable EmbeddingTable types,
        @Nullable Linear projection,
        Norm norm) {

    static DebertaEmbeddings load(DebertaConfig config, EncoderWeights weights) {
        BertConfig bert = config.bert();
        int width = config.embedding();
        return new DebertaEmbeddings(
                weights.table("embeddings.word_embeddings", bert.vocabulary(), width),
                config.absolutePositions()
                        ? weights.table(
                                "embeddings.position_embeddings",
                                bert.positions().rows(),
                                width)
                        : null,
                bert.types() > 0 ? weights.table("embeddings.token_type_embeddings", bert.types(), width) : null,
                width == bert.hidden() ? null : weights.unbiased("embeddings.embed_proj", bert.hidden(), width),
                weights.norm("embeddings.LayerNorm", bert.hidden(), bert.epsilon()));
    }

    /** [tokens, hidden] of a batch. */
    Tensor apply(Tape tape, TokenBatch batch, Pass pass) {
        Routing routing = pass.routing();
        Tensor x = words.apply(tape, onDevice(batch.ids()), routing);
        if (positions != null) {
            x = Add.apply(tape, x, positions.apply(tape, onDevice(pass.positions()), routing));
        }
        if (types != null) {
            long[] known = batch.types(Math.toIntExact(types.matrix().outFeatures()));
            x = Add.apply(tape, x, types.apply(tape, onDevice(known), routing));
        }
        return norm.apply(tape, projection == null ? x : projection.apply(tape, x, routing), routing);
    }

    private Tensor onDevice(long[] indices) {
        return Tensor.of(indices).to(words.matrix().device());
    }

    List<AdaptableModule> modules() {
        return new ArrayList<>(Stream.of(words, positions, types, projection, norm)
                .filter(Objects::nonNull)
                .map(AdaptableModule.class::cast)
                .toList());
    }

    DebertaEmbeddings map(ModuleChange change) {
        return new DebertaEmbeddings(
                words.map(change),
                positions == null ? null : positions.map(change),
                types == null ? null : types.map(change),
                projection == null ? null : projection.map(change),
                norm.map(change));
    }
}
