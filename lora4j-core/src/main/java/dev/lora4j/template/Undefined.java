package dev.lora4j.template;

/**
 * What an unknown name or attribute gives: empty when printed, false when tested, an error when used.
 *
 * @param message the error of its use
 */
record Undefined(String message) {
    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    TemplateException used() {
        return new TemplateException(message);
    }
}
