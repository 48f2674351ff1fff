package dev.lora4j.model;

/** What a model is used for, under PEFT's names; decides the head and the names of the modules. */
public enum ModelTask {
    /** The next token. */
    CAUSAL_LM,
    /** A class or a score for a text or a pair of texts. */
    SEQ_CLS,
    /** The hidden states themselves, such as embeddings. */
    FEATURE_EXTRACTION
}
