package dev.lora4j.tensor;

/** How task vectors elect the sign of each value (PEFT's {@code majority_sign_method}). */
public enum MajoritySign {
    /** By the sign of the sum: larger values count more. */
    TOTAL,
    /** By the number of vectors on each side: each counts the same. */
    FREQUENCY
}
