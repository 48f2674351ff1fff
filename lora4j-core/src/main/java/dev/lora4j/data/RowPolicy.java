package dev.lora4j.data;

/** What to do with a row that cannot be learned from. */
public enum RowPolicy {
    /** Stop at the first. */
    FAIL,
    /** Leave it out, count it and report it; stop if too many are bad. */
    SKIP
}
