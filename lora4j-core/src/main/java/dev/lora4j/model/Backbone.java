package dev.lora4j.model;

import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/** A model from token ids to hidden states, without a head. Immutable: any number of threads may run it. */
sealed interface Backbone permits Bert, Decoder {
    /** [tokens, hidden] for a batch. */
    Tensor hidden(TokenBatch batch, Pass pass, Tape tape);

    /** Every linear layer that an adapter can sit beside, in the model's order. */
    List<Linear> linears();

    /** The same model with some linear layers replaced; all else is shared. */
    Backbone map(UnaryOperator<Linear> change);
}
