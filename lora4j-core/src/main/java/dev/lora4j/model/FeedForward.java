package dev.lora4j.model;

import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;

/** What a decoder's layer does with each token by itself, after attention. */
sealed interface FeedForward permits GatedFeedForward, MixtureOfExperts {
    /** [tokens, hidden] to [tokens, hidden]. */
    Tensor apply(Tape tape, Tensor x, Routing routing);

    /** What an adapter can change. */
    List<AdaptableModule> modules();

    /** The same layer with the values that a change says. */
    FeedForward map(ModuleChange change);
}
