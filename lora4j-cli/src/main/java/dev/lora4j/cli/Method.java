package dev.lora4j.cli;

/** What a training changes, as users name it. */
enum Method {
    /** A low-rank adapter beside the base. */
    LORA,
    /** Every weight of the base itself. */
    FULL
}
