package dev.lora4j.template;

/** Jinja's none, so that no null travels through the interpreter. */
enum None {
    NONE
}
