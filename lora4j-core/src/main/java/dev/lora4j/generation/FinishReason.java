package dev.lora4j.generation;

/** Why a sequence ended. */
public enum FinishReason {
    /** The model said a stop token, or a stop string appeared. */
    STOP,
    /** It has as many new tokens as were allowed. */
    LENGTH,
    /** Its listener wanted no more. */
    CANCELLED,
    /** The model gave no numbers to choose by; see {@link Generation#failure}. */
    FAILED
}
