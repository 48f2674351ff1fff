package dev.lora4j.template;

/** Something a template can call: a macro, a method of a value, or one of the few globals. */
record Function(String name, Body body) {
    @FunctionalInterface
    interface Body {
        Object call(Arguments arguments);
    }
}
