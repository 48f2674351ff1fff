package dev.lora4j.model;

import dev.lora4j.tensor.RelativePositions;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * DeBERTa's table of relative positions, shared by all layers.
 *
 * @param rows [2 span, hidden]
 * @param norm over the rows, or null
 */
record RelativeTable(
        RelativePositions positions, Tensor rows, @Nullable Norm norm) {
    static RelativeTable load(DebertaConfig config, DebertaConfig.Relative relative, EncoderWeights weights) {
        RelativePositions positions = relative.positions();
        int hidden = config.bert().hidden();
        return new RelativeTable(
                positions,
                weights.tensor("encoder.rel_embeddings.weight", 2L * positions.span(), hidden),
                relative.normed()
                        ? weights.norm(
                                "encoder.LayerNorm", hidden, config.bert().epsilon())
                        : null);
    }

    /** The rows as attention reads them, [2 span, hidden]. */
    Tensor apply(Tape tape, Routing routing) {
        return norm == null ? rows : norm.apply(tape, rows, routing);
    }

    RelativeTable map(ModuleChange change) {
        return norm == null ? this : new RelativeTable(positions, rows, norm.map(change));
    }
}
