package dev.lora4j.model;

import org.jspecify.annotations.Nullable;

/** A backbone that predicts the next token: it has an output layer to the vocabulary and continues from caches. */
sealed interface CausalBackbone extends Backbone permits Decoder, Gpt2 {
    /** To the vocabulary; shares its weight with the embedding when they are tied; null in a model with another head. */
    @Nullable
    Linear head();

    /** Whether the head reads the embedding's own weight. */
    boolean hasTiedEmbeddings();

    /** c of {@code c · tanh(logit / c)} after the head, or 0. */
    double logitSoftcap();

    /** Memory for the keys and values of sequences. */
    KvPages pages();

    @Override
    CausalBackbone map(ModuleChange change);
}
