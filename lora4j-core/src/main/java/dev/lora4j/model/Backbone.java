package dev.lora4j.model;

import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/** A model from token ids to hidden states, without a head. Immutable: any number of threads may run it. */
sealed interface Backbone permits Bert, Deberta, CausalBackbone {
    /** [tokens, hidden] for a batch, after the blocks that the pass runs. */
    Tensor hidden(TokenBatch batch, Pass pass, Tape tape);

    /** Every module that an adapter can change, in the model's order, the table of the vocabulary first. */
    List<AdaptableModule> modules();

    /**
     * The modules that decide what comes out of each block, without those that decide about blocks below it.
     *
     * <p>The first block's list has all that comes before it, too; what comes after the last block is in none.
     */
    List<List<AdaptableModule>> reached();

    /** Where other methods than low-rank adaptation put their values in each block. */
    List<BlockSites> sites();

    /** The same model with other values in some modules; all else is shared. */
    Backbone map(ModuleChange change);

    /** Width of the hidden states. */
    int hiddenSize();

    /** Most tokens that a sequence may have. */
    int maxPositions();

    /** Size of the vocabulary. */
    int vocabularySize();
}
