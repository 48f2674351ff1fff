package dev.lora4j.generation;

/** Why a sequence ended. */
public enum FinishReason {
    /** The model said a stop token, a stop string appeared, or the text is complete by its grammar. */
    STOP,
    /** It has as many new tokens as were allowed. */
    LENGTH,
    /** Its listener wanted no more. */
    CANCELLED,
    /** The model gave no numbers to choose by, or no token keeps to the grammar; see {@link Generation#failure}. */
    FAILED
}
