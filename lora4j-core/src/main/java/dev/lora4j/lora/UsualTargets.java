package dev.lora4j.lora;

/** The targets of a model family when a configuration names none (PEFT's {@code constants.py}). */
final class UsualTargets {
    private UsualTargets() {}

    static Targets of(String modelType) {
        return modelType.equals("bert") ? Targets.named("query", "value") : Targets.named("q_proj", "v_proj");
    }
}
