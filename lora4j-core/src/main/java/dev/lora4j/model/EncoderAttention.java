package dev.lora4j.model;

import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/** The attention of an encoder's layer, without the residual and the norm. */
sealed interface EncoderAttention permits PlainSelfAttention, DisentangledSelfAttention {
    /** [tokens, hidden] to [tokens, hidden]. */
    Tensor apply(Tape tape, Tensor x, Pass pass);

    /** The last layer. */
    Linear output();

    List<Linear> modules();

    EncoderAttention map(ModuleChange change);
}
