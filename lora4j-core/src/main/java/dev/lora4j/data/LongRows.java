package dev.lora4j.data;

/** What to do with a row of more tokens than are allowed. */
public enum LongRows {
    /** Stop. */
    FAIL,
    /** Cut its end; a row that would lose a part of its answer by that is a bad row. */
    TRUNCATE,
    /** Leave it out, and count it. */
    SKIP
}
